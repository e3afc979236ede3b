"""What adapters share: reading source files by line, class trees, and labels that follow from an ontology."""
