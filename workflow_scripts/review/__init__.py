"""The page on which clips are listened to and judged, and the server that keeps the verdicts."""
