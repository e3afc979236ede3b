"""Pairs of a sound and an image of the same taxon, or of the same place: which go together."""
