"""Datasets that the workflow makes out of others: what was planned is what their clips are."""

from workflow_scripts.adapters.derived.ingest import ingest

__all__ = ["ingest"]
