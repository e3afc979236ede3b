"""The configuration of a run: read, validated and filled with defaults while the Snakefile is parsed.

Everything here runs at every parse, so it reads configuration only and imports nothing heavy.
"""

from workflow_scripts.settings.places import Places
from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.roots import SAMPLE, SAMPLE_DONE, Root
from workflow_scripts.settings.run import Dataset, Export, Run, load_run

__all__ = ["SAMPLE", "SAMPLE_DONE", "Dataset", "Export", "Places", "Root", "Run", "SettingsError", "load_run"]
