"""What is measured of recordings by window: directions of stereo, acoustic indices."""
