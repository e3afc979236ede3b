"""docs/formats.md and README.md say what is told of each container and codec, as it is told now."""

from collections import Counter

from benchmarks.containers import Told, in_full, in_short, merged, pages, told_of, with_made
from tests.made_files import encoded, noise, noise16


def test_pages_say_what_is_told_now() -> None:
    for page, lines in pages().items():
        written = page.read_text(encoding="utf-8")
        assert written == with_made(written, lines), f"{page.name} has another table than is told now: run `make docs`"


def test_of_each_file_that_was_cut_or_damaged_it_is_told() -> None:
    samples = noise16(40_000)
    flac, plain = (
        told_of(encoded(samples, 16_000, container, "PCM_16"), samples=len(samples)) for container in ("FLAC", "WAV")
    )
    assert (flac.container, flac.codec, flac.sound) == ("FLAC", "PCM_16", "exact")
    assert (set(flac.cut), set(plain.cut), set(plain.harm)) == ({"truncated"}, {"truncated"}, {"not told"})
    assert flac.harm["corrupt"] > 0
    assert flac.harm["not told"] == 0
    assert (flac.cut.total(), flac.harm.total()) == (7, 6)


def test_more_than_went_in_is_padding_and_less_is_told() -> None:
    data = encoded(noise(40_000), 16_000, "OGG", "VORBIS")
    assert [told_of(data, samples=samples).sound for samples in (39_000, 40_000, 41_000, None)] == [
        "padded", "exact", "less", "sound",
    ]  # fmt: skip


def told(container: str, codec: str, cut: dict[str, int], harm: dict[str, int]) -> Told:
    return Told(container, codec, "libsndfile", "exact", Counter(cut), Counter(harm))


def test_codecs_of_which_the_same_is_told_stand_together() -> None:
    same = told("WAV", "PCM_16", {"truncated": 7}, {"not told": 6})
    each = [
        same,
        told("AU", "PCM_16", {"truncated": 7}, {"not told": 6}),
        told("WAV", "PCM_24", {"truncated": 7}, {"not told": 6}),
        told("WAV", "FLOAT", {"truncated": 6, "not told": 1}, {"not told": 5, "not_finite": 1}),
    ]
    assert in_full(each).rows == [
        ["WAV", "PCM_16, PCM_24", "libsndfile", "exact", "`truncated`", "not told"],
        ["WAV", "FLOAT", "libsndfile", "exact", "`truncated` 6, not told 1", "not told 5, `not_finite` 1"],
        ["AU", "PCM_16", "libsndfile", "exact", "`truncated`", "not told"],
    ]
    assert list(in_short(each))[2:] == ["| WAV, AU (PCM) | told | not told |", "| WAV (float) | in part | not told |"]
    [one] = merged([same, same])
    assert one.cut == {"truncated": 14}
