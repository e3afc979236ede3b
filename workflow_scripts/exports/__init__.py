"""Exports: one folder a format, found by it. See formats.py for what a format is. Imports nothing heavy."""
