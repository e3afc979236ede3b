"""The ledger: which media serves which clip, and what the clip's one status is."""
