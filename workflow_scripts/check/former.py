"""Where the rows and notes of a shard may be that was split or joined since: they are found in what it came from."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

_OF_TODAY = re.compile("(?![01]{4}$)[01]+|all")
"""What a shard is called. Four digits may be one of an earlier version, whichever they are."""


def former(own: Path) -> list[Path]:
    """Files beside a shard's own, of shards above and below it in their tree, the last written first.

    So are those of an earlier version, which called shards by four digits: they may hold any media.
    """
    names = os.listdir(own.parent) if own.parent.is_dir() else []
    files = {_shard(name): own.with_name(name) for name in names if name.startswith("shard=")}
    related = [files[shard] for shard in relatives(_shard(own.name), files)]
    return sorted(related, key=lambda file: file.stat().st_mtime_ns, reverse=True)


def relatives(shard: str, others: Iterable[str]) -> list[str]:
    """Of other shards those that media of one may have been in before it was split or joined.

    >>> relatives("01", ["0", "010", "1", "all", "01", "0042", "1111"])
    ['0', '010', 'all', '0042', '1111']
    """
    bits = _bits(shard)
    return [
        other
        for other in others
        if other != shard
        and (not _OF_TODAY.fullmatch(other) or bits.startswith(_bits(other)) or _bits(other).startswith(bits))
    ]


def _shard(name: str) -> str:
    return name.partition("=")[2].partition(".")[0]


def _bits(shard: str) -> str:
    return "" if shard == "all" else shard
