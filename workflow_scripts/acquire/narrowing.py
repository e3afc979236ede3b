"""What of a stage a subset needs: files that are called as its clips are, and of zips these members."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.errors import as_text, in_bytes
from workflow_scripts.fetch.addresses import scheme_of, without_secrets
from workflow_scripts.fetch.remote_file import FetchError
from workflow_scripts.media.archives import is_archive, is_compressed_tar, kind_of
from workflow_scripts.media.archives.excerpt import is_excerpt
from workflow_scripts.media.media import Media
from workflow_scripts.media.walk import is_audio, is_image

_log = logging.getLogger(__name__)
_PACKED = (".7z", ".rar")


@dataclass(frozen=True)
class Narrowing:
    """How a stage is narrowed to a subset.

    Attributes:
        called: which of some paths are called as the media of a clip of the subset, as a scan would match them.
        members: the size of the zip at an address, and its audio members; None where it does not tell by a directory.
    """

    called: Callable[[Sequence[str]], set[str]]
    members: Callable[[str], tuple[int, list[Media]] | None]

    def rows(self, rows: Sequence[dict[str, Any]], entry: dict[str, Any]) -> list[dict[str, Any]]:
        """What of an entry is to be fetched.

        Args:
            rows: all its files, as `to_fetch` takes them.
            entry: of the stage: settings.acquire.AcquireEntry as a mapping.

        Returns:
            Those that are needed; of a zip of which members alone are, with `members`, which may be none.
        """
        is_folder = entry["address"].endswith("/")
        paths = [row["path"] for row in rows]
        loose = [path for path in paths if not _is_packed(path) and (is_folder or is_audio(path) or is_image(path))]
        left_out = set(loose) - self.called(loose)
        Path(entry["to"] if is_folder else os.path.dirname(entry["to"]) or ".").mkdir(parents=True, exist_ok=True)
        return [self._narrowed(row) for row in rows if row["path"] not in left_out]

    def _narrowed(self, row: dict[str, Any]) -> dict[str, Any]:
        path = row["path"]
        if not _is_packed(path) or (os.path.exists(path) and not is_excerpt(path)):
            return row
        if kind_of(path) != ".zip":
            _tell_whole(row, "which clips are in an archive of its kind is not known before it is here")
            return row
        if scheme_of(row["address"]) == "file":  # linked, or copied from a disk
            return row
        address, told = self._told(row)
        if told is None:
            _tell_whole(row, "it has no directory of its own that could be read by parts")
            return row
        size, medias = told
        places = {f"{path}/{media.member}": media for media in medias}
        members = [_member(places[place]) for place in sorted(self.called(list(places)))]
        packed = sum(member["packed_bytes"] for member in members)
        _log.info("%s: %d of %d members, %s of %s", path, len(members), len(medias), in_bytes(packed), in_bytes(size))
        return row | {"address": address, "mirrors": [], "bytes": size, "members": members}

    def _told(self, row: dict[str, Any]) -> tuple[str, tuple[int, list[Media]] | None]:
        """The first address of a zip that tells what it holds, and that."""
        failures = []
        for address in (row["address"], *row["mirrors"]):
            try:
                return address, self.members(address)
            except FetchError as error:
                failures.append(error)
        raise failures[0]


def _member(media: Media) -> dict[str, Any]:
    named = {"name": media.member, "offset": media.offset, "crc32": media.crc32}
    return named | {"packed_bytes": media.packed_bytes, "bytes": media.bytes}


def _is_packed(path: str) -> bool:
    name = path.lower()
    return is_archive(path) or is_compressed_tar(path) or name.endswith(_PACKED) or name[-4:-2] == ".z"


def _tell_whole(row: dict[str, Any], why: str) -> None:
    size = in_bytes(row["bytes"]) if row.get("bytes") is not None else "unknown size"
    words = as_text(f"subset: {without_secrets(row['address'])} ({size}) is fetched whole: {why}")
    _log.warning("%s", words)
    print(words, file=sys.stderr)
