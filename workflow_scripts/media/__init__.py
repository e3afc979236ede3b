"""Where audio lies: walking roots, the members of archives, names, and the bytes of each media."""
