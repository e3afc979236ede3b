"""The pictures of a dataset: a module each, found by its presence. `report/drawing/picture.py` says what one has."""
