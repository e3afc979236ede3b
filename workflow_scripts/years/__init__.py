"""What changes over the years in what models hear, and where the sun stands."""
