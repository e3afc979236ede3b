"""From an address to a whole file on disk. Knows no datasets and no tables."""
