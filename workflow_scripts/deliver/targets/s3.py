"""s3://bucket/prefix: Amazon's, and all that speak its protocol (AWS_ENDPOINT_URL).

Of an object that came in one piece the ETag is its MD5, of one that came in parts the MD5 of those of the parts. Where
neither is so, as with keys of one's own for encryption, the SHA-256 counts that each object has among its metadata.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
        return self._says(one)

    def put_file(self, one: Outgoing, to: str) -> None:
        """In one piece, or in parts of which two are on their way; those that a killed delivery sent are not again."""
        if one.bytes < 2 * outgoing.PART_BYTES:
            said = {SHA256: one.digests.sha256}
            self.files.put_file(str(one.file), to, chunksize=outgoing.PART_BYTES, Metadata=said)
            return
        bucket, _, key = to.partition("/")
        if self._in_parts(one, bucket, key) and not self._says(one):
            self.files.rm_file(to)  # what was gone on with had begun as another file, all of whose parts this one has
            self._in_parts(one, bucket, key)

    def make_ready(self, put: Sequence[Outgoing]) -> None:
        """Nothing: what a killed delivery left of an object is gone on with, or goes, when it is sent."""

    def _says(self, one: Outgoing) -> bool:
        """Whether an object says of itself that it is a file."""
        said = self.asked("be asked for an object", lambda: self.files.metadata(self.path(one.path), refresh=True))
        return bool(said.get(SHA256) == one.sha256)

    def _in_parts(self, one: Outgoing, bucket: str, key: str) -> bool:
        """Send all parts that are not there; whether any were."""
        upload, there = self._left(one, bucket, key)
        where = {"Bucket": bucket, "Key": key}
        if not upload:
            kind = mimetypes.guess_type(one.file)[0]
            begin = {"Metadata": {SHA256: one.digests.sha256}} | ({"ContentType": kind} if kind else {})
            upload = self.files.call_s3("create_multipart_upload", **where, **begin)["UploadId"]

        def sent(number: int) -> dict[str, Any]:
            if number not in there:
                with one.file.open("rb") as file:
                    file.seek((number - 1) * outgoing.PART_BYTES)
                    body = file.read(outgoing.PART_BYTES)
                part = self.files.call_s3("upload_part", **where, UploadId=upload, PartNumber=number, Body=body)
                there[number] = part["ETag"]
            return {"PartNumber": number, "ETag": there[number]}

        is_resumed = bool(there)
        with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
            parts = list(pool.map(sent, range(1, len(one.digests.parts) + 1)))
        self.files.call_s3("complete_multipart_upload", **where, UploadId=upload, MultipartUpload={"Parts": parts})
        return is_resumed

    def _left(self, one: Outgoing, bucket: str, key: str) -> tuple[str | None, dict[int, str]]:
        """What an earlier delivery left of an object: its upload, and the ETag of each part that came.

        Of several the one with most parts. Others, and those with parts of another file, go: they are in no listing,
        and are paid for. Where ETags are no MD5, as with keys of one's own for encryption, no part is known again.
        """
        uploads = self.files.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=key).get("Uploads", ())
        found = {one["UploadId"]: self._parts(bucket, key, one["UploadId"]) for one in uploads if one["Key"] == key}
        of_file = {number: part.hex() for number, part in enumerate(one.digests.parts, 1)}
        mine = [name for name, parts in found.items() if parts and _md5s(parts).items() <= of_file.items()]
        best = max(mine, key=lambda name: len(found[name]), default=None)
        for name in found.keys() - {best}:
            self.files.call_s3("abort_multipart_upload", Bucket=bucket, Key=key, UploadId=name)
        return best, found[best] if best else {}

    def _parts(self, bucket: str, key: str, upload: str) -> dict[int, str]:
        parts: dict[int, str] = {}
        after: dict[str, int] | None = {}
        while after is not None:
            page = self.files.call_s3("list_parts", Bucket=bucket, Key=key, UploadId=upload, **after)
            parts |= {int(part["PartNumber"]): str(part["ETag"]) for part in page.get("Parts", ())}
            after = {"PartNumberMarker": int(page["NextPartNumberMarker"])} if page.get("IsTruncated") else None
        return parts


def _md5s(parts: Mapping[int, str]) -> dict[int, str]:
    return {number: etag.strip('"') for number, etag in parts.items()}


def target(place: str) -> S3Bucket:
    """What lies below an address; credentials are those of the environment or of ~/.aws."""
    try:
        import s3fs
    except ImportError:
        raise needs_group(place) from None
    return S3Bucket(place, s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True))
