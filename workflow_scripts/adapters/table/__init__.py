"""Any table with a row a clip: what its columns mean is said in SQL by the dataset file."""

from workflow_scripts.adapters.table.ingest import ingest

__all__ = ["ingest"]
