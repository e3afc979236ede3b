"""What there is of a dataset, in pictures and pages, asked of the catalogue alone."""
