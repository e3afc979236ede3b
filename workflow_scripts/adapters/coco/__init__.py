"""Recordings or images of species in COCO's JSON: iNaturalist Sounds 2024, iNaturalist 2021.

Sources: Chasmai et al., "The iNaturalist Sounds Dataset", NeurIPS 2024 (https://github.com/visipedia/inat_sounds), and
Van Horn et al., "Benchmarking Representation Learning for Natural World Image Collections", CVPR 2021
(https://github.com/visipedia/inat_comp); the format is COCO's (https://cocodataset.org/#format-data).
"""

from workflow_scripts.adapters.coco.ingest import ingest

__all__ = ["ingest"]
