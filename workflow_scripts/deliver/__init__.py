"""Finished exports, handed on to another place. Knows no Snakemake."""
