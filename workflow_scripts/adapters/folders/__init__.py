"""Folders of sounds: the folder is the class, or metadata files beside the sounds say more, as audiofolder has them.

Source: https://huggingface.co/docs/datasets/audio_dataset, where such a folder is called an AudioFolder.
"""

from workflow_scripts.adapters.folders.ingest import ingest

__all__ = ["ingest"]
