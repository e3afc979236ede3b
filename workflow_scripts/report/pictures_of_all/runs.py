"""What came of all datasets together from run to run: the same picture, of the sums over them."""

from workflow_scripts.report.pictures.runs import CATEGORY, TITLE, draw

__all__ = ["CATEGORY", "TITLE", "draw"]
