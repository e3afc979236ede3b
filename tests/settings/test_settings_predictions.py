"""What the model of a file of predictions is called, as a dataset file says it."""

from pathlib import Path

from workflow_scripts.settings.judgements import judgements, models_of


def test_a_file_of_predictions_may_say_what_its_model_is_called(tmp_path: Path) -> None:
    for name in ("plain.csv", "named.csv"):
        (tmp_path / name).touch()
    entries = ["plain.csv", {"file": "named.csv", "model": "birdnet_2.4"}]
    content = {"name": "mine", "reviews": [], "predictions": entries}
    found = judgements(content, [], Path("mine.yaml"), tmp_path, tmp_path)["predictions"]
    assert found == [("plain.csv", "predictions[0]"), ("named.csv", "predictions[1]")]
    assert models_of(content, found) == {"named.csv": "birdnet_2.4"}
