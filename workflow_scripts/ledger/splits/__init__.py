"""Which part of a dataset each clip belongs to, with care: nothing that is heard in one is heard in another."""
