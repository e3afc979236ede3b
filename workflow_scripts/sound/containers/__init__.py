"""What containers say themselves of the sound that they hold, and whether they end before it does.

libsndfile opens most files that were cut off as if they were shorter, so headers and ends are read here as well.
Functions take a file to seek and read in, and its size, or no more than its first bytes; none reads all of it, none
raises for what it holds, and a file is left at any place.

    extents     WAV, RF64, Wave64, AIFF, AU, CAF, NIST: where the sound lies, and how much of it is declared
    wav         what the chunks of a WAV tell that decides who can decode it
    ogg, flac   whether the stream ends early
    ogg_links   the links of an Ogg, and whether pages of them are lost or damaged
    mp3         whether it ends early, how many frames are declared, and where they lie
    tags        where tags before and behind a sound end and begin
    mp4         the outermost boxes
    matroska    how long the file says that it is
    adts        whether a frame of raw AAC is cut
"""

from workflow_scripts.sound.containers.extents import Extent, size_patch, sound_extent

__all__ = ["Extent", "size_patch", "sound_extent"]
