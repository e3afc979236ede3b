"""An AudioSet in miniature, made of synthesised sounds: labels, audio, and what should become of every clip."""

from workflow_scripts.sample.write import make_sample

__all__ = ["make_sample"]
