"""From bytes to numbers: decoders, containers, measures, feature. Knows no tables, no roots, no workers."""
