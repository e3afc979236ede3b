"""Audio: finding it (walk), decoding it once (decode, containers), what one decoding tells (measures, fbank, examine),
and doing so for many files at once without harm from any (pool)."""
