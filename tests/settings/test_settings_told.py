"""What a run is told that its tables depend on, flat, as text."""

from pathlib import Path

from workflow_scripts.settings.reading import load_yaml
from workflow_scripts.settings.run import load_run
from workflow_scripts.settings.schemas import CONFIG_FOLDER
from workflow_scripts.settings.told import settings_told
from workflow_scripts.settings.version import VERSION


def test_what_the_sample_says_is_told_by_paths_of_keys() -> None:
    config = load_yaml(CONFIG_FOLDER / "config.yaml")
    told = settings_told(load_run(config, Path.cwd()))
    sample = load_yaml(CONFIG_FOLDER / "datasets" / "sample.yaml")
    assert told[""] == {
        "version": VERSION,
        "check.channel": "first",
        "check.num_mel_bins": "128",
        "check.loudness": "none",
        "check.flac_md5": "true",
    }
    assert told.keys() == {"", "sample"}
    assert (
        told["sample"].items()
        >= {
            "adapter": "audioset",
            "match": "youtube",
            "limits.max_duration_s": str(sample["limits"]["max_duration_s"]),
            "rights.labels": sample["rights"]["labels"],
            "folds.k": str(sample["folds"]["k"]),
            "augment_splits.splits": '["eval", "balanced_train", "unbalanced_train"]',
        }.items()
    )
    assert not [name for name in told["sample"] if name.startswith("exports")], "their accounts tell of them"
