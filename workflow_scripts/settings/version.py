"""The version of this project: said at the end of a run, kept in its run.json, and the head of CHANGELOG.md."""

VERSION = "0.1.0"
