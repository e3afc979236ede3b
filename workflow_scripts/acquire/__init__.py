"""What a dataset wants of the world: which files, in which jobs, and what came of each."""
