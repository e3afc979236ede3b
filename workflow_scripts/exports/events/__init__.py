"""What is heard when in a media, for exports that say it of media as they lie, in the media's own time."""
