"""gs://bucket/prefix: Google's, which tells the MD5 of each object that was not put together from others."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from workflow_scripts.deliver import outgoing
from workflow_scripts.deliver.bucket import Bucket, needs_group
from workflow_scripts.deliver.outgoing import Outgoing
from workflow_scripts.deliver.target import There


class GoogleBucket(Bucket):
    """Objects of Google Cloud Storage."""

    def digest(self, told: Mapping[str, Any]) -> str | None:
        """The MD5, in hex."""
        return base64.b64decode(told["md5Hash"]).hex() if "md5Hash" in told else None

    def has(self, one: Outgoing, there: There) -> bool:
        """By the MD5."""
        return there.bytes == one.bytes and there.digest == one.digests.md5

    def make_ready(self, put: Sequence[Outgoing]) -> None:
        """Nothing: what a killed delivery left of an object goes by itself after a week.

        It is not gone on with: who knows the address of a session may write to it without a token, so that no note has
        it, and an object that is composed of others has no MD5 by which it would be known again.
        """

    def put_file(self, one: Outgoing, to: str) -> None:
        """In pieces, which are one object when the last has come; Google holds it against the MD5."""
        self.files.put_file(str(one.file), to, chunksize=outgoing.PART_BYTES, metadata={"sha256": one.digests.sha256})


def target(place: str) -> GoogleBucket:
    """What lies below an address; credentials are those that gcloud and its libraries use."""
    try:
        import gcsfs
    except ImportError:
        raise needs_group(place) from None
    return GoogleBucket(place, gcsfs.GCSFileSystem(use_listings_cache=False, skip_instance_cache=True))
