"""What surrounds a run: status, usage, failures, jobs left in a queue, the closing table."""
