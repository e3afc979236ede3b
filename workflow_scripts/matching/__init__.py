"""The same sound under other digests: which sounds are, and which clips that makes of one sound."""
