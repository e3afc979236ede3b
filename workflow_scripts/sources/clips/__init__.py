"""From rows that say what a clip is, whatever they were read from, to the tables of an ingest."""
