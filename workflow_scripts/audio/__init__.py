"""Audio: finding it, decoding it once, telling what one decoding tells, for many files without harm from any."""
