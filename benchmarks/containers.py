"""What is told of each container and codec: of a sound file, of one that is cut, of one that is damaged.

Each kind is made, cut at several places and damaged at several, and checked as it is in a run. Run as
`python -m benchmarks.containers` (`make docs`) this writes docs/formats.md, and the short table in README.md;
`python -m benchmarks containers` shows the same of real recordings as well, where there are any.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kinds_of_sound import Kind, kinds
from benchmarks.mutations import SHARED
from benchmarks.report import Table, markdown
from benchmarks.workflow import CHECKOUT
from workflow_scripts.media.content import Content
from workflow_scripts.media.walk import AUDIO_SUFFIXES
from workflow_scripts.sound.examine import examine
from workflow_scripts.sound.settings import CheckSettings

FORMATS, README = CHECKOUT / "docs/formats.md", CHECKOUT / "README.md"
BEGIN, END = "<!-- made by `make docs` from files of each kind -->", "<!-- end of what was made -->"
SETTINGS = CheckSettings(channel="first", num_mel_bins=128)
CUTS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.99)
"""Shares of a file that are left."""
HARM = ((0.3, 1), (0.5, 1), (0.7, 1), (0.4, 16), (0.6, 16), (0.5, 500))
"""Where bytes are changed, as a share of the file, and how many: one is inverted, others are random, many are zeros."""
ZEROS = 100
NOT_TOLD = "not told"
NO_WORD = (NOT_TOLD, "not_finite")
"""Floats that damage has made no numbers are told of, and others that are as wrong are not."""
SHARES = ("told", "in part", "not told")
SELDOM = 0.2
"""A share of damaged files that is told by chance."""
FAMILIES = {
    r"^PCM_(ALAW|MULAW)|^[AU]LAW": "A-law, µ-law",
    "^PCM_": "PCM",
    "^(FLOAT|DOUBLE)": "float",
    "ADPCM|^G72": "ADPCM",
    "^DWVW": "DWVW",
    "^ALAC": "ALAC",
    "^GSM": "GSM",
    "^(MPEG_LAYER_III|MP3)": "MP3",
}
"""What codecs are called in short, by patterns of their names."""
FILES, LARGEST_BYTES = 5, 2_000_000
"""Real recordings of a container and a codec, and bytes of one, at most."""


@dataclass(frozen=True)
class Told:
    """What is told of files of one kind.

    Attributes:
        container, codec, decoder: as `checks` has them.
        sound: `exact` to the sample, `padded` where more comes back than went in, or `less`; `sound` where nobody knows
            what went in; or the fault.
        cut, harm: how often each `error_kind` was told, and NOT_TOLD, of those whose sound is another for it.
    """

    container: str
    codec: str
    decoder: str
    sound: str
    cut: "Counter[str]"
    harm: "Counter[str]"


Row = dict[str, Any]


def told_of(data: bytes, called: str | None = None, samples: int | None = None) -> Told:
    """Check a file, and what comes of cutting and damaging it.

    Args:
        data: its bytes.
        called: its container, where that is not what its check says.
        samples: how many a channel it holds, None where nobody knows.
    """
    row = _checked(data)
    sound = row.get("error_kind") or _length(row.get("frames", 0), samples)
    return Told(
        called or str(row.get("format")),
        str(row.get("subtype")),
        str(row.get("decoder")),
        sound,
        _outcomes(row, _cut(data)),
        _outcomes(row, _harmed(data)),
    )


def _length(frames: int, samples: int | None) -> str:
    if samples is None:
        return "sound"
    return "exact" if frames == samples else "padded" if frames > samples else "less"


def _checked(data: bytes) -> Row:
    return examine(Content.of(data), None, SETTINGS)


def _cut(data: bytes) -> Iterator[bytes]:
    for share in CUTS:
        yield data[: int(len(data) * share)]
    yield data[:-1]


def _harmed(data: bytes) -> Iterator[bytes]:
    random = np.random.default_rng(len(data))
    for share, count in HARM:
        harmed, place = bytearray(data), int(len(data) * share)
        if count == 1:
            harmed[place] ^= 0xFF
        else:
            harmed[place : place + count] = bytes(count) if count > ZEROS else random.bytes(count)
        yield bytes(harmed)


def _outcomes(sound: Row, others: Iterable[bytes]) -> "Counter[str]":
    """Files that sound as before are none: what was taken or changed is no sound of theirs."""
    rows = [row for row in map(_checked, others) if row.get("pcm_digest") != sound.get("pcm_digest")]
    return Counter(row.get("error_kind") or NOT_TOLD for row in rows)


def made() -> list[Told]:
    """What is told of all kinds that are made here, in their order; in processes, since what is damaged may do harm."""
    with ProcessPoolExecutor() as pool:
        return merged(pool.map(_told_of_kind, kinds()))


def _told_of_kind(kind: Kind) -> Told:
    return told_of(kind.data, kind.called, kind.samples)


def merged(told: Iterable[Told]) -> list[Told]:
    """Those of one container, codec and decoder as one."""
    known: dict[tuple[str, ...], Told] = {}
    for one in told:
        key = (one.container, one.codec, one.decoder, one.sound)
        same = known.get(key)
        known[key] = one if same is None else replace(same, cut=same.cut + one.cut, harm=same.harm + one.harm)
    return list(known.values())


def in_full(told: Iterable[Told]) -> Table:
    """A row a container and what is told of it; codecs of which the same is told stand together."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for one in told:
        key = (one.container, one.decoder, one.sound, _words(one.cut), _words(one.harm))
        rows.setdefault(key, []).append(one.codec)
    order = {container: at for at, (container, *_) in reversed(list(enumerate(rows)))}
    lines = [[container, ", ".join(codecs), *rest] for (container, *rest), codecs in rows.items()]
    lines.sort(key=lambda line: order[line[0]])
    return Table("", ["container", "codecs", "decoder", "sound", "cut off", "damaged"], lines)


def _words(outcomes: "Counter[str]") -> str:
    """The kinds, the most frequent first; how often where there are several.

    >>> _words(Counter({"truncated": 6})), _words(Counter({"corrupt": 4, "not told": 1})), _words(Counter())
    ('`truncated`', '`corrupt` 4, not told 1', 'no sound is lost')
    """
    if not outcomes:
        return "no sound is lost"
    told = sorted(outcomes.items(), key=lambda one: (-one[1], one[0]))
    names = [name if name == NOT_TOLD else f"`{name}`" for name, _ in told]
    return (
        names[0]
        if len(told) == 1
        else ", ".join(f"{name} {count}" for name, (_, count) in zip(names, told, strict=True))
    )


def in_short(told: Iterable[Told]) -> Iterator[str]:
    """Lines of a table with a row for the containers and families of codecs of which the same is told."""
    of_family: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        of_family.setdefault((one.container, _family(one.codec)), []).append(one)
    rows: dict[tuple[int, int], dict[str, list[str]]] = {}
    for (container, family), each in of_family.items():
        shares = _share(one.cut for one in each), _share(one.harm for one in each)
        rows.setdefault(shares, {}).setdefault(container, []).append(family)
    yield from ("| container and codec | cut off | damaged |", "| --- | --- | --- |")
    for (cut, harm), containers in sorted(rows.items()):
        yield f"| {_grouped(containers)} | {SHARES[cut]} | {SHARES[harm]} |"


def _family(codec: str) -> str:
    return next(
        (family for pattern, family in FAMILIES.items() if re.search(pattern, codec)), codec.removesuffix("_S32")
    )


def _share(outcomes: Iterable["Counter[str]"]) -> int:
    """The place in SHARES of the share of files of which it is told."""
    together: Counter[str] = sum(outcomes, Counter())
    told = 1 - sum(together[name] for name in NO_WORD) / max(1, together.total())
    return 0 if told == 1 else 1 if told > SELDOM else 2


def _grouped(containers: dict[str, list[str]]) -> str:
    """Containers with the same families of codecs stand together."""
    of_families: dict[str, list[str]] = {}
    for container, families in containers.items():
        of_families.setdefault(", ".join(families), []).append(container)
    return "; ".join(
        f"{', '.join(names)} ({families})" if [families] != names else families
        for families, names in of_families.items()
    )


def real() -> Iterator[Told]:
    """What is told of real recordings, of each container and codec the same shares of the first FILES of them."""
    known: Counter[tuple[str, str]] = Counter()
    folders = (SHARED, SHARED.with_name("trouble"))
    for file in sorted(Path(at) / name for folder in folders for at, _, names in os.walk(folder) for name in names):
        if file.suffix.lower() in AUDIO_SUFFIXES and file.stat().st_size < LARGEST_BYTES:
            data = file.read_bytes()
            row = _checked(data)
            kind = str(row.get("format")), str(row.get("subtype"))
            if row.get("error_kind") is None and known[kind] < FILES:
                known[kind] += 1
                yield told_of(data)


def run(small: bool) -> Iterator[Table]:
    """Of files that are made, and of real ones where there are any."""
    yield replace(in_full(made()), title="What is told of files that are made")
    if SHARED.exists() and not small:
        yield replace(in_full(merged(real())), title="What is told of real recordings")


def pages() -> dict[Path, list[str]]:
    """What stands between the marks of each page."""
    told = made()
    full = markdown(in_full(told)).splitlines()[2:]
    return {FORMATS: full, README: list(in_short(told))}


def with_made(page: str, lines: Iterable[str]) -> str:
    """A page with these lines between its two marks."""
    before, _, rest = page.partition(f"{BEGIN}\n")
    _, _, after = rest.partition(f"{END}\n")
    return "\n".join([f"{before}{BEGIN}", *lines, f"{END}\n{after}"])


if __name__ == "__main__":
    for page, lines in pages().items():
        page.write_text(with_made(page.read_text(encoding="utf-8"), lines), encoding="utf-8")
