"""Pages that tell of datasets: what they ask, what they say of the answers, how they look."""
