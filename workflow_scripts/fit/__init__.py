"""How well captions fit the sound that they are of, as far as a model hears it."""
