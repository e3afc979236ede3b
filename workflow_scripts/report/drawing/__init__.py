"""How pictures are made, whatever they show: what they ask, their style, their files."""
