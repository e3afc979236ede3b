"""The configuration of a run: read, validated and filled with defaults while the Snakefile is parsed.

Everything here runs at every parse, so it reads configuration only and imports nothing heavy.
"""
