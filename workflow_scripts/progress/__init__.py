"""How far a job is: a bar on the terminal, a note for `make status`, words."""
