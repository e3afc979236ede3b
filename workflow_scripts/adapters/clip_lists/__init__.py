"""Lists of clips in videos, and of pairs of them that are to be mixed: AudioScope, AudioScopeV2, YFCC100M.

Sources: https://github.com/google-research/sound-separation, datasets/audioscope, audioscope-v2 and yfcc100m; Tzinis et
al., ICLR 2021 and ECCV 2022; Wisdom et al., NeurIPS 2020.
"""

from workflow_scripts.adapters.clip_lists.ingest import ingest

__all__ = ["ingest"]
