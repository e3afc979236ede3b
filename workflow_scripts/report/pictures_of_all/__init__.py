"""The pictures of a run: all its datasets side by side, and what changed. A module each, as with those of a dataset."""
