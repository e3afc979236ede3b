"""The work of a shard: workers and their limits, what is new, and how far it is."""
