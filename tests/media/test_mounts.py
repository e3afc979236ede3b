"""A folder that is mounted in a second place has one path, however many look and in whatever order."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow_scripts.media import mounts
from workflow_scripts.media.mounts import doubled_mounts
from workflow_scripts.media.walk import Below, Identity, Way

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDERS = {
    "": ["a", "m", "z z"],
    **{place: [f"{place}/deep"] for place in ("a", "m", "z z")},
    **{f"{place}/deep": [] for place in ("a", "m", "z z")},
}
"""All three are one folder, of which `m` is the own place."""


def say_mounted(monkeypatch: pytest.MonkeyPatch, table: Path, *lines: str) -> None:
    table.write_text("".join(f"{line} rw,relatime - ext4 /dev/sda rw\n" for line in lines))
    monkeypatch.setattr(mounts, "TABLE", table)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_own_place_of_a_folder_is_entered_in_whatever_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, chance: random.Random
) -> None:
    root = f"{tmp_path}/root"
    bound = [rf"{root}/a", rf"{root}/z\040z"]
    say_mounted(monkeypatch, tmp_path / "table", "1 0 8:1 / /", *(f"2 1 8:1 {root}/m {place}" for place in bound))
    assert entered(Way(root), number, chance) == ["", "m", "m/deep"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 5), st.randoms(use_true_random=False))
def test_of_several_mounts_the_first_by_name_is_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, chance: random.Random
) -> None:
    """Also below a link, whose mounts have the paths of where it leads."""
    (tmp_path / "root").mkdir(exist_ok=True)
    (tmp_path / "elsewhere").mkdir(exist_ok=True)
    if not (link := tmp_path / "root/link").is_symlink():
        link.symlink_to("../elsewhere")
    places = [f"{tmp_path}/elsewhere/{name}" for name in ("a", "m", r"z\040z")]
    say_mounted(monkeypatch, tmp_path / "table", "1 0 8:1 / /", *(f"2 1 8:2 / {place}" for place in places))
    way = Way(str(tmp_path / "root"))
    assert way.take() == [""]
    way.go_on(Below([], ["link"]))
    assert entered(way, number, chance, "link") == ["link", "link/a", "link/a/deep"]


def entered(way: Way, number: int, chance: random.Random, top: str = "") -> list[str]:
    """The folders that are entered by as many as this, who come back in any order."""
    before = f"{top}/" if top else ""
    below = {f"{before}{path}".rstrip("/"): [before + name for name in names] for path, names in FOLDERS.items()}
    found, under_way = list[str](), list[str]()
    while True:
        if len(under_way) < number and (way._folders or not under_way):
            if not (taken := way.take()) and not under_way:
                return sorted(found)
            under_way += taken
            continue
        folder = under_way.pop(chance.randrange(len(under_way)))
        name = folder.removeprefix(top).removeprefix("/")
        is_new = way.enter(Identity(0, bool(name) + name.count("/")))
        if is_new:
            found.append(folder)
        way.go_on(Below(below[folder] if is_new else [], []))


def test_what_is_mounted_once_is_gone_through_as_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As disks in one machine: each by itself would be waited for."""
    say_mounted(monkeypatch, tmp_path / "table", "1 0 8:1 / /", "2 1 8:2 / /data/disk1", "3 1 8:3 / /data/disk2")
    assert doubled_mounts() == []


def test_where_there_is_no_table_of_mounts_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "TABLE", tmp_path / "none")
    assert doubled_mounts() == []


LOOKS = """
import sys
from workflow_scripts.media import lookers
seen = set()
for alone_s in [1000, *[0] * 5]:
    lookers.ALONE_S = alone_s
    for part in lookers.parts(sys.argv[1]):
        _, folder, *rest = part.text.decode().split("\\0")
        seen.update(f"{folder}/{name}" for name in rest[2::4] if name)
print(*sorted(seen))
"""


def test_the_own_place_of_a_mounted_folder_is_found_by_one_and_by_many(tmp_path: Path) -> None:
    names = [f"{letter}{number}" for letter in "az" for number in range(20)]
    for name in ("m/deep", *names):
        (tmp_path / "root" / name).mkdir(parents=True)
    (tmp_path / "root/m/deep/x.wav").write_bytes(b"1")
    bind = 'cd "$1" && for name in [az]*; do mount --bind m $name || exit 99; done'
    script = f'{bind}; exec "$2" -c "$3" "$1"'
    unshare = shutil.which("unshare") or pytest.skip("nothing can be mounted here")
    run = subprocess.run(
        [unshare, "--mount", "--map-root-user", "sh", "-c", script, "sh", tmp_path / "root", sys.executable, LOOKS],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 99 or "unshare" in run.stderr:
        pytest.skip(f"nothing can be mounted here: {run.stderr}")
    assert (run.stdout, run.stderr) == ("m/deep/x.wav\n", "")
