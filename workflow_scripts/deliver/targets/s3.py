"""s3://bucket/prefix: Amazon's, and all that speak its protocol (AWS_ENDPOINT_URL).

Of an object that came in one piece the ETag is its MD5, of one that came in parts the MD5 of those of the parts. Where
neither is so, as with keys of one's own for encryption, the SHA-256 counts that each object has among its metadata.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workflow_scripts.deliver import outgoing
from workflow_scripts.deliver.bucket import Bucket, needs_group
from workflow_scripts.deliver.outgoing import Outgoing
from workflow_scripts.deliver.target import There

PARTS_AT_ONCE = 2
"""Of one object: each is held in memory."""
SHA256 = "sha256"


class S3Bucket(Bucket):
    """Objects of S3."""

    def digest(self, told: Mapping[str, Any]) -> str | None:
        """The ETag."""
        return str(told["ETag"]).strip('"') if "ETag" in told else None

    def has(self, one: Outgoing, there: There) -> bool:
        """By the ETag, else by what the object says of itself."""
        if there.bytes != one.bytes:
            return False
        if there.digest in (one.digests.md5, one.digests.of_parts):
            return True
        said = self.asked("be asked for an object", lambda: self.files.metadata(self.path(one.path), refresh=True))
        return said.get(SHA256) == one.sha256

    def put_file(self, one: Outgoing, to: str) -> None:
        """In one piece, or in parts of which two are on their way."""
        self.files.put_file(
            str(one.file),
            to,
            chunksize=outgoing.PART_BYTES,
            max_concurrency=PARTS_AT_ONCE,
            Metadata={SHA256: one.digests.sha256},
        )

    def make_ready(self, put: Sequence[Outgoing]) -> None:
        """Have parts go that a killed delivery left: they are in no listing, and are paid for."""
        keys = {self.path(one.path).partition("/")[2] for one in put if one.bytes >= 2 * outgoing.PART_BYTES}
        bucket = self.root.partition("/")[0]
        if not keys:
            return
        for upload in self.asked("be asked for uploads", lambda: self.files.list_multipart_uploads(bucket)):
            if upload["Key"] in keys:
                self.files.call_s3(
                    "abort_multipart_upload", Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                )


def target(place: str) -> S3Bucket:
    """What lies below an address; credentials are those of the environment or of ~/.aws."""
    try:
        import s3fs
    except ImportError:
        raise needs_group(place) from None
    return S3Bucket(place, s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True))
