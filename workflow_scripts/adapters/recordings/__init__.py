"""Long recordings without labels: when and where each was made, as its name and its header say, and windows of it.

Sources: GUANO, https://github.com/riggsd/guano-spec; the comment of AudioMoth,
https://github.com/OpenAcousticDevices/AudioMoth-Firmware-Basic; the chunk `wamd` of Wildlife Acoustics' Song Meters.
"""

from workflow_scripts.adapters.recordings.ingest import ingest

__all__ = ["ingest"]
