"""What is wrong with captions: each kind of finding, and captions like it that are not found."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pytest

from tests.catalogue.by_hand import Row, catalogue_of, clip

JUNK = {
    "12.5": "no letters",
    "…": "no letters",
    "A": "one letter",
    "listen at https://example.org/1": "an address",
    "www.example.org": "an address",
    "my dog 3.WAV": "a file",
    "dog_bark_01": "a file",
    "Track 05": "a file",
    "On|on": "marks of code, or of a wrong encoding",
    "A woman laughing ']}]": "marks of code, or of a wrong encoding",
    "Rain &amp; wind": "marks of code, or of a wrong encoding",
    "Caf\N{REPLACEMENT CHARACTER} noise": "marks of code, or of a wrong encoding",
    "A baby is cooinffffff": "a letter again and again",
    "n/a": "a word for what is not there",
    "Test": "a word for what is not there",
    "No description": "a word for what is not there",
    "Broken link not working": "about the file, not about a sound",
    "The link is broken.": "about the file, not about a sound",
    "Video will not play": "about the file, not about a sound",
    "No audio/video available": "about the file, not about a sound",
    "No audio broken video": "about the file, not about a sound",
    "Not available": "about the file, not about a sound",
    "Error 404: gone": "about the file, not about a sound",
    "I can't hear anything": "about the writer, not about a sound",
    "I'm sorry, but I have no ears": "about the writer, not about a sound",
}
NO_JUNK = [
    "The static of a radio station not working",
    "A video game is played and a broken link of a chain falls",
    "A dog barks at 3.5 m",
    "Hooouuuu! Grrrr!",
    "Someone is testing a recording by banging silverware",
    "A transistor radio is played on a station that is not available",
    "雨",
]
GENERIC = ["Background music.", "ambient sounds", "A loud noise in the background", "Something makes noises", "SFX"]
NOT_GENERIC = ["A dog makes noises", "Piano music", "Silence", "Loud", "Wind noise"]
HOSTILE = [
    "'; DROP TABLE captions; --",
    "a\0b",
    "<script>alert(1)</script>",
    "x\ny",
    "%s %d \\",
    "word " * 200_000,
    "(" * 5_000,
]
ENGLISH = [f"A {animal} is heard in the distance as the wind blows" for animal in ("dog", "cat", "cow", "bird", "fox")]


def of_one_set(texts: Sequence[str]) -> dict[str, list[Row]]:
    """A dataset with a clip a caption."""
    return {
        "clips": [clip(f"c{number}") for number, _ in enumerate(texts)],
        "captions": [{"clip_id": f"c{number}", "text": text} for number, text in enumerate(texts)],
    }


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder: Path = tmp_path_factory.mktemp("captions")
    five = [
        {"clip_id": "twice", "ordinal": 0, "text": "Rain falls."},
        {"clip_id": "twice", "ordinal": 1, "text": "rain falls"},
    ]
    datasets = {
        "junk": of_one_set([*JUNK, *NO_JUNK]),
        "generic": of_one_set([*GENERIC, *NOT_GENERIC]),
        "repeated": of_one_set(["Birds sing, loudly", "birds SING loudly!", "Birds sing", "!!"])
        | {
            "captions": [
                *of_one_set(["Birds sing, loudly", "birds SING loudly!", "Birds sing", "!!", "??"])["captions"],
                *five,
            ]
        },
        "other_set": of_one_set(["Birds sing loudly"]),
        "english": of_one_set(
            [
                *ENGLISH,
                "Ein Hund bellt und eine Katze miaut",
                "собака лает на кошку",
                "A man says la la la",
                "A man says und der to the dog as it is fed",
                "Bruit de fond",
            ]
        ),
        "russian": of_one_set(["собака лает на кошку", "дождь идёт", "ветер", "A dog barks and it is loud"]),
        "hostile": of_one_set([*HOSTILE, *HOSTILE]),
        "empty": {
            "clips": [clip("said"), clip("unsaid"), clip("unseen"), clip("other", split="test")],
            "captions": [
                {"clip_id": "said", "text": "Rain falls on it"},
                {"clip_id": "unseen", "text": "\N{ZERO WIDTH SPACE}"},
            ],
        },
    }
    return catalogue_of(folder, datasets)


def found(catalogue: duckdb.DuckDBPyConnection, dataset: str, kind: str) -> dict[str, str]:
    """Captions of a dataset of which something is found, and why."""
    asked = "SELECT text, detail FROM caption_findings WHERE dataset = ? AND kind = ?"
    return dict(catalogue.execute(asked, [dataset, kind]).fetchall())


def test_junk_is_told_with_what_it_is(catalogue: duckdb.DuckDBPyConnection) -> None:
    assert found(catalogue, "junk", "junk") == JUNK


def test_captions_of_generic_words_alone_are_told(catalogue: duckdb.DuckDBPyConnection) -> None:
    assert sorted(found(catalogue, "generic", "generic")) == sorted(GENERIC)


def test_what_captions_of_two_clips_say_is_repeated(catalogue: duckdb.DuckDBPyConnection) -> None:
    """Whatever stands between their words; two captions of one clip are not, nor those of two datasets."""
    assert found(catalogue, "repeated", "repeated") == {
        "Birds sing, loudly": "said of 2 clips",
        "birds SING loudly!": "said of 2 clips",
    }
    assert found(catalogue, "other_set", "repeated") == {}


def test_captions_in_another_language_than_most_are_told(catalogue: duckdb.DuckDBPyConnection) -> None:
    assert found(catalogue, "english", "language") == {
        "Ein Hund bellt und eine Katze miaut": "de, where most captions are en",
        "собака лает на кошку": "other letters, where most captions are en",
    }


def test_nothing_is_told_of_a_dataset_whose_own_language_is_not_known(catalogue: duckdb.DuckDBPyConnection) -> None:
    assert found(catalogue, "russian", "language") == {}


def test_a_clip_without_a_caption_is_told_where_its_split_has_captions(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = (
        "SELECT clip_id, ordinal, text FROM caption_findings WHERE dataset = 'empty' AND kind = 'empty' ORDER BY ALL"
    )
    assert catalogue.execute(asked).fetchall() == [("unsaid", None, None), ("unseen", 0, "\N{ZERO WIDTH SPACE}")]


def test_hostile_captions_stay_text(catalogue: duckdb.DuckDBPyConnection) -> None:
    """Of each something is found at least: another clip says it too, if there is a letter in it."""
    asked = "SELECT DISTINCT text FROM caption_findings WHERE dataset = 'hostile'"
    assert sorted(text for (text,) in catalogue.execute(asked).fetchall()) == sorted(HOSTILE)


# --- captions against labels ---

ONTOLOGY = {
    "/m/0jbk": ("Animal", []),
    "/m/dog": ("Dog", ["/m/0jbk"]),
    "/m/bark": ("Bark", ["/m/0jbk", "/m/dog"]),
    "/m/saw": ("Saw", []),
    "/m/snd": ("Sneeze", []),
    "/m/hear": ("Speech", []),
    "/t/dd00098": ("Source-ambiguous sounds", []),
    "/m/thud": ("Thud", ["/t/dd00098"]),
}
Clips = Mapping[str, tuple[str, list[str]]]
CAPTIONED: Clips = {
    "wrong": ("Two dogs bark.", ["/m/saw"]),
    "closer": ("A dog", ["/m/bark"]),
    "wider": ("A dog", ["/m/0jbk"]),
    "beside": ("A dog", ["/m/hear"]),
    "ambiguous": ("A dog", ["/m/thud"]),
    "partly": ("Someone sneezing as a dog barks", ["/m/snd"]),
    "imitated": ("A boy imitates a dog", ["/m/saw"]),
    "untrusted": ("A saw is heard", ["/m/snd"]),
    "rare": ("A sneeze", ["/m/saw"]),
    "unlabelled": ("A dog", []),
    "unmapped": ("A dog", ["own"]),
    "heard": ("Dogs", []),
    "heard_too": ("A dog", ["/m/saw"]),
}


@pytest.fixture(scope="module")
def against(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """Of a dataset of captions, and one of labels of the same videos: dogs are said of most that are called so."""
    right = {f"dog{number}": ("A dog barks", ["/m/dog", "/m/hear"]) for number in range(98)}
    saws: Clips = {f"saw{number}": ("Speech is heard", ["/m/saw"]) for number in range(60)}
    sneezes: Clips = {
        f"sneeze{number}": ("Sneezing" if number > 11 else "A sneeze", ["/m/snd"]) for number in range(60)
    }
    clips = CAPTIONED | right | saws | sneezes
    youtube = {name: f"https://youtu.be/{number:011d}?start=5" for number, name in enumerate(clips)}
    classes = [
        {"class_id": class_id, "name": name, "parent_ids": above[-1:], "ancestor_ids": above, "depth": len(above)}
        for class_id, (name, above) in ONTOLOGY.items()
    ]
    datasets = {
        "captioned": {
            "clips": [clip(name, source_url=youtube[name], start_s=5.0, end_s=15.0) for name in clips],
            "captions": [{"clip_id": name, "text": text} for name, (text, _) in clips.items()],
        },
        "labelled": {
            "clips": [
                clip(f"l{name}", source_url=youtube[name], start_s=5.0, class_ids=labels, class_names=labels)
                for name, (_, labels) in clips.items()
            ]
            + [clip("lalone", class_ids=["/m/saw"], class_names=["Saw"])],
            "classes": [*classes, {"class_id": "own", "name": "no class of the ontology"}],
            "labels": [
                {"clip_id": f"l{name}", "class_id": label, "strength": "strong", "onset_s": 0.0, "offset_s": 1.0}
                for name, label in (("heard", "/m/saw"), ("heard_too", "own"))
            ],
            "captions": [{"clip_id": "lalone", "text": "A dog"}],
        },
    }
    catalogue = catalogue_of(tmp_path_factory.mktemp("against"), datasets)
    return catalogue.execute("FROM captions_against_labels").fetchall()


def test_a_source_that_all_labels_exclude_is_a_contradiction(against: list[tuple[object, ...]]) -> None:
    """Those of another dataset of the same video, events, or its own.

    Not where labels say it closer or wider, often stand beside it, tell no source, or agree in something else.
    """
    assert [row[:-1] for row in against] == [
        ("captioned", "heard", 0, "Dogs", ["dog"], ["Saw"]),
        ("captioned", "wrong", 0, "Two dogs bark.", ["bark", "dog"], ["Saw"]),
        ("labelled", "lalone", 0, "A dog", ["dog"], ["Saw"]),
    ]


def test_a_word_counts_where_most_of_its_clips_are_labelled_so(against: list[tuple[object, ...]]) -> None:
    """`untrusted` says saw, as no other does; thirteen say sneeze; speech is often said where no label says it."""
    assert [row[-1] for row in against] == [pytest.approx(100 / 107)] * 3
