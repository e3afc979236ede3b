"""Benchmarks: what the project claims about time and memory, against a reference in the same run."""
