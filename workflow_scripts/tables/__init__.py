"""The tables: what each column holds (schemas), and how they get to disk and back (store)."""
