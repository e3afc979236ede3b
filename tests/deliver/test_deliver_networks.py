"""Networks and servers that do not do what they should; what errors say of it, and what they keep to themselves."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deliver.between import FORBID, LOSE, LOSE_ANSWER, PASS, SWALLOW
from tests.deliver.hub import TOKEN
from tests.deliver.made_export import FILES, whole, write_export
from tests.deliver.once import deliver
from tests.deliver.places import SECRET, Place, environment_of
from tests.project import REPOSITORY
from workflow_scripts.deliver import tries
from workflow_scripts.deliver.errors import DeliverError
from workflow_scripts.deliver.manifest import MANIFEST

SIGNATURE = "verysecretsignature"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_export(tmp_path / "export", FILES)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "LONGEST_WAIT_S", 0.01)


def process(export: Path, place: Place, aside: Path) -> subprocess.CompletedProcess[str]:
    """A delivery by a process of its own, with all that it says."""
    command = [sys.executable, "-m", "tests.deliver.once", str(export), place.address, str(aside)]
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command, cwd=REPOSITORY, env=environment_of(place), text=True, check=False, **told)


@pytest.mark.slow
@pytest.mark.parametrize("fate", [LOSE, LOSE_ANSWER])
def test_of_every_three_files_one_is_lost_on_its_way_and_all_arrive(
    served_place: Place, export: Path, tmp_path: Path, fate: str
) -> None:
    assert served_place.between
    served_place.between.fate = lambda ordinal, _: fate if ordinal % 3 == 0 else PASS
    deliver(export, served_place.address, tmp_path)
    there = served_place.content()
    assert there.pop(MANIFEST)
    assert there == whole(FILES, export)
    assert served_place.between.seen > len(served_place.between.sent)


def test_a_file_that_a_server_says_it_took_and_does_not_list_is_named(
    served_place: Place, export: Path, tmp_path: Path
) -> None:
    place = served_place
    assert place.between
    if place.hub:
        place.hub.ignored.add("of/mine/train/0.tar")
    else:
        lost = place.key("train/0.tar", FILES["train/0.tar"])
        place.between.fate = lambda _, name: SWALLOW if name == lost else PASS
    with pytest.raises(DeliverError, match=r"not all is there as it was sent: train/0\.tar is not listed"):
        deliver(export, place.address, tmp_path)
    assert MANIFEST not in place.content()
    if place.hub:
        place.hub.ignored.clear()
    place.between.fate = lambda *_: PASS
    assert sorted(deliver(export, place.address, tmp_path)) == sorted(["train/0.tar", MANIFEST])


def test_what_is_refused_is_named_at_once_and_no_secret_is_told(
    served_place: Place, export: Path, tmp_path: Path
) -> None:
    assert served_place.between
    served_place.between.fate = lambda *_: FORBID
    done = process(export, served_place, tmp_path)
    assert done.returncode == 1
    assert served_place.address in done.stdout.splitlines()[-1]
    assert "could not be written" in done.stdout.splitlines()[-1]
    assert served_place.between.seen <= 4
    assert not [secret for secret in (SECRET, TOKEN, SIGNATURE) if secret in done.stdout]


def test_what_is_lost_on_its_way_and_tried_again_tells_no_secret(
    served_place: Place, export: Path, tmp_path: Path
) -> None:
    """Libraries warn of what they try again, with its address."""
    assert served_place.between
    served_place.between.fate = lambda ordinal, _: LOSE if ordinal == 1 else PASS
    done = process(export, served_place, tmp_path)
    assert done.returncode == 0, done.stdout
    assert not [secret for secret in (SECRET, TOKEN, SIGNATURE, "Signature") if secret in done.stdout]


def test_what_goes_well_tells_a_line_a_file_and_no_secret(served_place: Place, export: Path, tmp_path: Path) -> None:
    done = process(export, served_place, tmp_path)
    assert done.returncode == 0, done.stdout
    for path in FILES:
        assert any(
            line.endswith(f": {path} ({len(FILES[path])} bytes)") or path in line for line in done.stdout.splitlines()
        )
    assert "of 8 files, " in done.stdout
    assert not [secret for secret in (SECRET, TOKEN, SIGNATURE, "Authorization") if secret in done.stdout]


@pytest.mark.parametrize(("address", "module"), [("s3://b/c", "s3fs"), ("gs://b/c", "gcsfs")])
def test_without_the_packages_an_address_says_how_to_have_them(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DeliverError, match=f"{address}: `make remote` installs"):
        deliver(export, address, tmp_path)


def test_a_bucket_or_a_dataset_that_is_not_there_is_to_be_made_first(
    served_place: Place, export: Path, tmp_path: Path
) -> None:
    other = served_place.address.replace("somebody/sounds", "somebody/others")
    words = "there is no dataset somebody/others, .*hf repos create somebody/others"
    if not served_place.hub:
        bucket = served_place.address.split("/")[2]
        other, words = served_place.address.replace(bucket, "nobodys"), "there is no bucket nobodys, .*make it first"
    with pytest.raises(DeliverError, match=words):
        deliver(export, other, tmp_path)


def test_what_is_no_address_of_the_hub_or_a_branch_that_is_not_there_is_named(export: Path, tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(DeliverError, match="expected hf://datasets/owner/name"):
        deliver(export, "hf://somebody/sounds", tmp_path)
