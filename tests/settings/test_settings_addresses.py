"""Which addresses can be roots, and what they are known by."""

from pathlib import Path

import pytest

from workflow_scripts.settings.reading import SettingsError
from workflow_scripts.settings.roots import refuse_inside_each_other, roots_of

COMMIT = "0123456789abcdef" * 2 + "01234567"


def roots(*audio: object) -> list[tuple[str, str]]:
    """Slug and path of each."""
    here = Path("/somewhere")
    found = list(roots_of(list(audio), here / "set.yaml", here, here))
    for where, root, _ in found:
        refuse_inside_each_other(where, root, "results", here)
    return [(root.slug, root.path) for _, root, _ in found]


def test_addresses_are_known_by_what_they_end_with() -> None:
    found = roots("s3://bucket/wav/", f"hf://datasets/some/sounds@{COMMIT}/a.zip", "gs://b", "https://host/x/b.tar")
    assert [path for _, path in found] == [
        "s3://bucket/wav",
        f"hf://datasets/some/sounds@{COMMIT}/a.zip",
        "gs://b",
        "https://host/x/b.tar",
    ]
    assert [slug.rpartition("-")[0] for slug, _ in found] == ["bucket-wav", "sounds_01234567-a_zip", "b", "x-b_tar"]


def test_an_address_is_one_root_with_or_without_the_slash_behind_it() -> None:
    with pytest.raises(SettingsError, match="named already"):
        roots("s3://bucket/wav", "s3://bucket/wav/")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://host/a.zip", "addresses that begin with s3://, gs://, hf://"),
        ("zenodo:123/a.zip", "addresses that begin with s3://, gs://, hf://"),
        ("file:///data/wav", "name what is on this machine by its path"),
        ("https://host/wav/", "one archive can be a root"),
        ("https://host/a.zip?key=1", "an address with a query"),
        ("https://me:secret@host/a.zip", "an address with a query, a name or a password"),
        ({"path": "s3://bucket/jpg", "holds": "images"}, "pictures have to lie in a folder"),
    ],
)
def test_what_cannot_be_a_root_is_refused(address: object, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        roots(address)
    assert "secret" not in str(caught.value)
    assert "key=1" not in str(caught.value)
