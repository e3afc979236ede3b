"""New datasets out of old ones: what each sample is made of, and its sound."""
