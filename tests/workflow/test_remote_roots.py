"""Roots that are addresses: checked where they lie, with the same rows as from a local copy."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import polars as pl
import pytest
import requests

from tests.fetch.counted import Counted, counted
from tests.fetch.hub import Hub, hub
from tests.fetch.stores import AS_SOMEBODY, gs_server, s3_server
from tests.project import Project
from tests.workflow.test_archives_in_a_run import describe, in_two, sounds_of, write_parquet, write_tar, write_zip
from workflow_scripts.sample import make_sample

pytestmark = [pytest.mark.slow, pytest.mark.consumer]
NAME = "somebody/sounds"
REMOTE = ("of_s3", "of_gs", "of_hub")


@dataclass
class World:
    """The eval clips of the sample, sound and broken: in a local folder, and the same on S3, GCS and on the hub.

    Each loose, in a tar, in zips, in Parquet files.
    """

    project: Project
    hub: Hub
    s3: Counted
    gs: Counted
    commit: str

    @property
    def files(self) -> dict[str, bytes]:
        """What lies in each of the roots."""
        local = self.project.folder / "mine/all"
        return {str(file.relative_to(local)): file.read_bytes() for file in sorted(local.rglob("*")) if file.is_file()}

    def put(self, key: str, content: bytes) -> None:
        from s3fs import S3FileSystem

        S3FileSystem(endpoint_url=self.s3.url, skip_instance_cache=True).pipe_file(f"sounds/all/{key}", content)
        to_gs = f"{self.gs.url}/upload/storage/v1/b/sounds/o?uploadType=media&name={quote(f'all/{key}', safe='')}"
        requests.post(to_gs, content, timeout=30).raise_for_status()

    def sent(self) -> dict[str, int]:
        """Bytes that each of the stores sent so far."""
        return {"of_s3": self.s3.bytes, "of_gs": self.gs.bytes, "of_hub": self.hub.bytes_given()}

    def run(self, *names: str, **config: str) -> tuple[dict[str, int], str]:
        """Run on datasets: jobs by rule, and what it printed."""
        files = ",".join(f"'{name}.yaml'" for name in names)
        more = [f"{key}={value}" for key, value in config.items()]
        finished = self.project.run("--config", f"datasets=[{files}]", *more, "--", "catalogue")
        return dict(finished.jobs), finished.output

    def checks(self, name: str) -> pl.DataFrame:
        """All rows of the root of a dataset."""
        [(root,)] = self.project.ask(f"SELECT DISTINCT root FROM roots WHERE dataset = '{name}'")
        return pl.read_parquet(self.project.folder / f"results/audio/{root}/checks/*.parquet").sort("path", "member")

    def decoded(self, name: str) -> int:
        """How many media the last check of a root decoded."""
        [(root,)] = self.project.ask(f"SELECT DISTINCT root FROM roots WHERE dataset = '{name}'")
        logs = (self.project.folder / f"results/logs/check/{root}").glob("*.log")
        return sum(int(re.findall(r"(\d+) decoded", log.read_text())[-1]) for log in logs)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    pytest.importorskip("s3fs", reason="`make remote` installs it")
    pytest.importorskip("gcsfs", reason="`make remote` installs it")
    pytest.importorskip("huggingface_hub", reason="`make remote` installs it")
    project = Project(tmp_path_factory.mktemp("remote") / "project")
    mine = project.folder / "mine"
    make_sample(mine)
    sounds = sounds_of(mine / "audio/clips/eval")
    (mine / "all/loose").mkdir(parents=True)
    for name, content in sounds.items():
        (mine / "all/loose" / name).write_bytes(content)
    write_tar(sounds, mine / "all/clips.tar")
    in_two(write_zip, sounds, mine / "all/zips", ".zip")
    in_two(write_parquet, sounds, mine / "all/parquets", ".parquet")
    store = tmp_path_factory.mktemp("gs")
    with (
        hub() as there,
        s3_server() as of_s3,
        gs_server(store) as of_gs,
        counted(of_s3) as s3,
        counted(of_gs) as gs,
        pytest.MonkeyPatch.context() as patch,
    ):
        to_stores = {"AWS_ENDPOINT_URL": s3.url, "STORAGE_EMULATOR_HOST": gs.url, "HF_ENDPOINT": there.url}
        for name, value in {**AS_SOMEBODY, **to_stores}.items():
            patch.setenv(name, value)
        requests.put(f"{s3.url}/sounds", timeout=30).raise_for_status()
        requests.post(f"{gs.url}/storage/v1/b", json={"name": "sounds"}, timeout=30).raise_for_status()
        world = World(project, there, s3, gs, "")
        files = world.files
        for key, content in files.items():
            world.put(key, content)
        world.commit = there.commit(NAME, {f"all/{path}": content for path, content in files.items()})
        describe(project, "local", "mine/all")
        describe(project, "of_s3", "s3://sounds/all")
        describe(project, "of_gs", "gs://sounds/all")
        describe(project, "of_hub", f"hf://datasets/{NAME}@{world.commit}/all")
        yield world


def test_rows_are_those_of_a_local_copy(world: World) -> None:
    before = world.sent()
    _, output = world.run("local", *REMOTE)
    sent = {name: now - before[name] for name, now in world.sent().items()}
    local, clips = world.checks("local"), world.project.table("local", "clips").drop("root", "media_path")
    assert local["load_ok"].sum() > 50
    needed = sum(map(len, world.files.values()))
    print(f"needed {needed:,}; sent {sent}")
    for name in REMOTE:
        assert world.checks(name).drop("mtime_ns").equals(local.drop("mtime_ns")), output
        assert world.project.table(name, "clips").drop("root", "media_path").equals(clips)
        assert sent[name] < 1.3 * needed
    for name, scheme in (("of_s3", "s3"), ("of_gs", "gs")):
        paths = world.project.table(name, "clips")["media_path"].drop_nulls()
        assert paths.str.starts_with(f"{scheme}://sounds/all/").all()


def test_again_there_is_nothing_to_do_and_a_pinned_address_is_not_asked(world: World) -> None:
    world.run("local", *REMOTE)
    asked, before = len(world.hub.asked), world.sent()
    assert world.run("local", *REMOTE)[0] == {}
    assert len(world.hub.asked) == asked
    assert all(0 < world.sent()[name] - before[name] < 50_000 for name in ("of_s3", "of_gs"))
