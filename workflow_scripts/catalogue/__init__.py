"""The catalogue: a DuckDB file of views over the tables, for questions in SQL."""
