"""Other ways to the same features, each a command of its own: what the check of a shard is measured against."""
