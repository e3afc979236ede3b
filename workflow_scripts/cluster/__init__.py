"""What a run must know of the cluster that it submits to."""
