"""A file for each clip: its media as it lies, where its consumer opens that, or else a copy, made in packs.

`clips` says which, and what is there to be read; `names` where a copy lies; `packing` makes copies.
"""
