"""One module a kind of place, found by its name: `folder`, or the scheme of its addresses.

Each has `target(place) -> Target`.
"""
