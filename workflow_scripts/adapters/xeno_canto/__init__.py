"""Recordings of xeno-canto.org, as the pages of its API tell them, version 2 or 3.

Source: https://xeno-canto.org/explore/api (version 3; version 2 is described in its archive).
"""

from workflow_scripts.adapters.xeno_canto.ingest import ingest

__all__ = ["ingest"]
