"""Where the rows and notes of a shard may be that was split or joined since: they are found in what it came from."""

import os
import re
from pathlib import Path

from workflow_scripts.tables.leaves import relatives

_OF_TODAY = re.compile(r"shard=([01]+|all)")


def former(own: Path) -> list[Path]:
    """Files beside a shard's own of shards above and below it in their tree, the last written first.

    So are those of an earlier version, which called shards by numbers: they may hold any media.
    """
    names = os.listdir(own.parent) if own.parent.is_dir() else []
    by_stem = {name.partition(".")[0]: own.with_name(name) for name in names if name.startswith("shard=")}
    shards = {found[1]: by_stem[stem] for stem in by_stem if (found := _OF_TODAY.fullmatch(stem))}
    related = [shards[shard] for shard in relatives(own.stem.partition("=")[2], shards)]
    unknown = [file for stem, file in by_stem.items() if not _OF_TODAY.fullmatch(stem)]
    return sorted([*related, *unknown], key=lambda file: file.stat().st_mtime_ns, reverse=True)
