"""What the name of a split says of what it is for, the one place that says so. Imports nothing heavy."""

TRAINED_ON = r"(^|[_.-])train(ing)?($|[_.-])"
"""What the name of a split holds, in small letters, that is trained on, in the grammar that Python and DuckDB share."""


def sql_macro() -> str:
    """The same for DuckDB: is_trained_on(split)."""
    return f"CREATE MACRO is_trained_on(split) AS regexp_matches(lower(split), '{TRAINED_ON}');"
