"""The dataset files of config/datasets: each reads what its authors publish, and the numbers are those counted by hand.

What is tested is the file itself, from a folder that holds a sample of the tables where the file has them.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from tests.adapters.ingests import Tables, ingested_in
from workflow_scripts.settings.schemas import CONFIG_FOLDER

Ingest = Callable[..., Tables]
AUDIO = shutil.ignore_patterns("*.wav", "*.flac", "*.jams")


@pytest.fixture
def ingest(tmp_path: Path) -> Ingest:
    """Ingests a dataset of config/datasets: from samples by their place, and texts of tables by theirs."""

    def ingested(
        name: str, samples: dict[str, Path] | None = None, texts: dict[str, str | bytes] | None = None
    ) -> Tables:
        for place, sample in (samples or {}).items():
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            if sample.is_dir():
                shutil.copytree(sample, tmp_path / place, ignore=AUDIO, dirs_exist_ok=True)
            else:
                (tmp_path / place).symlink_to(sample)
        for place, text in (texts or {}).items():
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_bytes(text.encode() if isinstance(text, str) else text)
        for root in yaml.safe_load((CONFIG_FOLDER / f"datasets/{name}.yaml").read_text())["audio"]:
            path = root if isinstance(root, str) else root["path"]
            (tmp_path / path).mkdir(parents=True, exist_ok=True)
            (tmp_path / path / "audio_is_here.wav").touch()  # else it would be to be fetched
        return ingested_in(tmp_path, name)

    return ingested


@pytest.fixture
def layouts(shared: Path) -> Path:
    return shared / "data/soundata_layouts"


@pytest.fixture
def audioset(shared: Path) -> dict[str, Path]:
    """AudioSet's ontology and class list, where the dataset files have them."""
    return {f"labels/{name}": shared / "data/audioset" / name for name in ("ontology.json", "class_labels_indices.csv")}


def numbers(tables: Tables) -> tuple[int, int, int, int]:
    """How many clips, labels that people gave, captions and rejects."""
    labels = tables["labels"].filter(origin="annotated")
    return len(tables["promised"]), len(labels), len(tables["found_captions"]), len(tables["rejects"])


def row(tables: Tables, clip: str) -> dict[str, Any]:
    """What is said of a clip, without what is null."""
    both = tables["promised"].join(tables["origins"], on="clip_id", how="left")
    [told] = both.filter(clip_id=clip).drop("clip_id", "class_ids", "source", "line").rows(named=True)
    return {name: json.loads(value) if name == "extra" else value for name, value in told.items() if value is not None}


def events(tables: Tables, clip: str) -> list[tuple[str, float, float]]:
    strong = tables["labels"].filter(clip_id=clip, strength="strong", origin="annotated")
    return strong.select("class_name", "onset_s", "offset_s").rows()


def captions(tables: Tables, clip: str) -> list[str]:
    return tables["found_captions"].filter(clip_id=clip)["text"].to_list()


# --- labels of clips ---


@pytest.mark.shared
def test_esc50(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("esc50", {"esc50": layouts / "esc50"})
    assert numbers(tables) == (2000, 2000, 0, 0)
    assert row(tables, "1-100032-A-0") == {
        "media_key": "1-100032-A-0.wav",
        "split": "fold1",
        "class_names": ["dog"],
        "licence": "CC-BY-3.0",
        "source_url": "https://freesound.org/s/100032/",
        "extra": {"esc10": "True", "src_file": "100032", "take": "A"},
    }
    assert tables["classes"].sort("class_index")["name"].to_list()[:3] == ["dog", "rooster", "pig"]
    assert tables["promised"]["licence"].value_counts().sort("licence").rows() == [
        ("CC-BY-3.0", 400),
        ("CC-BY-NC-3.0", 1600),
    ]


@pytest.mark.shared
def test_urbansound8k(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("urbansound8k", {"urbansound8k": layouts / "urbansound8k"})
    assert numbers(tables) == (8732, 8732, 0, 0)
    assert row(tables, "100032-3-0-0") == {
        "media_key": "fold5/100032-3-0-0.wav",
        "split": "fold5",
        "class_names": ["dog_bark"],
        "licence": "CC-BY-NC-4.0",
        "source_url": "https://freesound.org/s/100032/",
        "extra": {"fsID": "100032", "start": 0.0, "end": 0.317551, "salience": "1"},
    }
    assert tables["classes"].sort("class_index").select("class_index", "name").row(3) == (3, "dog_bark")


@pytest.mark.shared
def test_fsd50k(ingest: Ingest, layouts: Path, audioset: dict[str, Path]) -> None:
    tables = ingest("fsd50k", {"fsd50k": layouts / "fsd50k", **audioset})
    assert numbers(tables) == (3, 20, 0, 0)
    assert row(tables, "64760") == {
        "media_key": "64760.wav",
        "split": "train",
        "class_names": ["Electric guitar", "Guitar", "Plucked string instrument", "Musical instrument", "Music"],
        "licence": "http://creativecommons.org/licenses/sampling+/1.0/",
        "source_url": "https://freesound.org/s/64760/",
        "recordist": "casualsamples",
        "extra": {
            "licence": "http://creativecommons.org/licenses/sampling+/1.0/",
            "title": "guitarras_63.wav",
            "description": "electric guitar",
            "tags": ["electric", "guitar"],
        },
    }
    assert tables["promised"]["split"].to_list() == ["train", "val", "eval"]
    assert row(tables, "99")["licence"] == "CC-BY-3.0"


@pytest.mark.shared
def test_fsd50k_collected(ingest: Ingest, layouts: Path, audioset: dict[str, Path]) -> None:
    tables = ingest("fsd50k_collected", {"fsd50k": layouts / "fsd50k", **audioset})
    assert numbers(tables) == (3, 8, 0, 0)
    assert row(tables, "99") == {
        "media_key": "99.wav",
        "split": "eval",
        "class_names": [
            "Biting",
            "Chatter",
            "Chewing, mastication",
            "Chirp, tweet",
            "Traffic noise, roadway noise",
            "Child speech, kid speaking",
        ],
        "licence": "CC-BY-3.0",
        "source_url": "https://freesound.org/s/99/",
        "recordist": "plagasul",
        "extra": {
            "licence": "http://creativecommons.org/licenses/by/3.0/",
            "title": "manzana_exterior.wav",
            "description": "eating apples on a park",
            "tags": ["apple", "crunch", "eat", "field-recording", "park"],
        },
    }


@pytest.mark.shared
def test_fsdnoisy18k(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("fsdnoisy18k", {"fsdnoisy18k": layouts / "fsdnoisy18k"})
    assert numbers(tables) == (2, 2, 0, 0)
    assert row(tables, "17") == {
        "media_key": "17.wav",
        "split": "train",
        "class_names": ["Walk_or_footsteps"],
        "source_url": "https://freesound.org/s/17/",
        "extra": {"aso_id": "/m/07pbtc8", "manually_verified": "1", "noisy_small": "0"},
    }
    assert row(tables, "564")["extra"] == {"aso_id": "/m/07pbtc8"}


def test_vggsound(ingest: Ingest) -> None:
    """Rows made by hand, as the README has them: id, start that is not padded, label, split."""
    table = (
        '---g-f_I2yQ,1,"bird chirping, tweeting",train\n'
        "--0PQM4-hqg,30,waterfall burbling,train\n"
        "--U7joUcTCo,0,horse,test\n"
    )
    tables = ingest("vggsound", texts={"vggsound/data/vggsound.csv": table})
    assert numbers(tables) == (3, 3, 0, 0)
    assert row(tables, "---g-f_I2yQ") == {
        "media_key": "---g-f_I2yQ",
        "split": "train",
        "start_s": 1.0,
        "end_s": 11.0,
        "class_names": ["bird chirping, tweeting"],
        "source_url": "https://youtu.be/---g-f_I2yQ?start=1",
    }


UAS = [
    ("tau2019uas", "TAU-urban-acoustic-scenes-2019", (12, 6, 0, 0)),
    ("tau2020uas_mobile", "TAU-urban-acoustic-scenes-2020-mobile", (9, 6, 0, 0)),
]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "folder", "found"), UAS)
def test_urban_acoustic_scenes(
    ingest: Ingest, layouts: Path, name: str, folder: str, found: tuple[int, int, int, int]
) -> None:
    """Names of files are alike in their parts: `audio/0.wav` of the evaluation set is not that of the leaderboard."""
    tables = ingest(name, {name: layouts / name})
    assert numbers(tables) == found
    assert row(tables, "airport-barcelona-0-1-a") == {
        "media_key": f"{folder}-development/audio/airport-barcelona-0-1-a.wav",
        "split": "train",
        "class_names": ["airport"],
        "locality": "barcelona",
        "site": "barcelona-0",
        "device": "a",
    }


@pytest.mark.shared
def test_eigenscape(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("eigenscape", {"eigenscape": layouts / "eigenscape"})
    assert numbers(tables) == (2, 2, 0, 0)
    assert row(tables, tables["promised"]["clip_id"][1]) == {
        "media_key": "Park.1.wav",
        "split": "all",
        "class_names": ["Park"],
        "licence": "CC-BY-4.0",
        "recorded_at": "2017-05-11T14:00",
        "locality": "Rowntree Park, York",
    }


HAS_BIRD = [
    ("freefield1010", "freefield1010", 9, "64486", "no bird"),
    ("warblrb10k", "warblrb10k", 7, "759808e5-f824-401e-9058", "bird"),
    ("birdvox20k", "dcase_birdVox20k", 9, "00053d90-e4b9-4045-a2f1-f39efc90cfa9", "bird"),
]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "sample", "clips", "first", "heard"), HAS_BIRD)
def test_whether_birds_are_heard(
    ingest: Ingest, layouts: Path, name: str, sample: str, clips: int, first: str, heard: str
) -> None:
    tables = ingest(name, {name: layouts / sample})
    assert numbers(tables) == (clips, clips, 0, 0)
    assert row(tables, first) == {
        "media_key": f"{first}.wav",
        "split": "all",
        "class_names": [heard],
        "licence": "CC-BY-4.0",
    }


# --- events ---


@pytest.mark.shared
def test_tut2017se(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("tut2017se", {"tut2017se": layouts / "tut2017se"})
    assert numbers(tables) == (1, 3, 0, 0)
    assert row(tables, "a001") == {
        "media_key": "audio/street/a001.wav",
        "split": "development",
        "class_names": [],
        "extra": {"scene": "street"},
    }
    assert events(tables, "a001") == [
        ("people walking", 1.589213, 2.38382),
        ("people walking", 3.500767, 4.156693),
        ("car", 4.156693, 14.00307),
    ]


@pytest.mark.shared
def test_maestro(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("maestro", {"maestro": layouts / "dcase23_task4b"})
    assert numbers(tables) == (1, 3, 0, 0)
    assert row(tables, "cafe_restaurant_14") == {
        "media_key": "cafe_restaurant_14.wav",
        "split": "all",
        "class_names": [],
        "extra": {"scene": "cafe_restaurant"},
    }
    assert tables["labels"].select("class_name", "onset_s", "offset_s", "value").row(0) == (
        "cutlery and dishes",
        0.0,
        1.0,
        0.22607917138849756,
    )


@pytest.mark.shared
def test_urbansed(ingest: Ingest, layouts: Path) -> None:
    """The sample has a soundscape for training; the others are made by hand."""
    made = {
        f"urbansed/annotations/{split}/soundscape_{split}_1.txt": "1.5\t2\tsiren\n" for split in ("validate", "test")
    }
    tables = ingest("urbansed", {"urbansed": layouts / "urbansed"}, made)
    assert numbers(tables) == (3, 8, 0, 0)
    assert row(tables, "soundscape_train_uniform1736") == {
        "media_key": "soundscape_train_uniform1736.wav",
        "split": "train",
        "class_names": [],
        "licence": "CC-BY-4.0",
    }
    assert events(tables, "soundscape_train_uniform1736")[0] == ("gun_shot", 1.265813, 1.6759810000000002)


def test_desed(ingest: Ingest) -> None:
    """The first rows of the tables of github.com/turpaultn/DESED, and a clip without events."""
    tables = ingest(
        "desed",
        texts={
            "desed/metadata/train/weak.tsv": "filename\tevent_labels\n"
            "YKK227gpPpRn4_30.000_40.000.wav\tAlarm_bell_ringing,Speech\n",
            "desed/metadata/train/unlabel_in_domain.tsv": "filename\nY--CE2f-ttEQ_30.000_40.000.wav\n",
            "desed/metadata/validation/validation.tsv": "filename\tonset\toffset\tevent_label\n"
            "Y00pbt6aJV8Y_350.000_360.000.wav\t0.000\t9.971\tVacuum_cleaner\n"
            "Y00pK0GMmE9s_70.000_80.000.wav\t\t\t\n",
            "desed/metadata/eval/public.tsv": "filename\tonset\toffset\tevent_label\n"
            "1Ro0FgMWTUE_120_130.wav\t0.000\t2.081\tSpeech\n1Ro0FgMWTUE_120_130.wav\t2.618\t4.679\tSpeech\n",
        },
    )
    assert numbers(tables) == (5, 5, 0, 0)
    assert tables["promised"].select("media_key", "split", "class_names").rows() == [
        ("YKK227gpPpRn4_30.000_40.000.wav", "weak", ["Alarm_bell_ringing", "Speech"]),
        ("Y--CE2f-ttEQ_30.000_40.000.wav", "unlabel_in_domain", []),
        ("Y00pbt6aJV8Y_350.000_360.000.wav", "validation", []),
        ("Y00pK0GMmE9s_70.000_80.000.wav", "validation", []),
        ("1Ro0FgMWTUE_120_130.wav", "public", []),
    ]
    assert events(tables, "1Ro0FgMWTUE_120_130") == [("Speech", 0.0, 2.081), ("Speech", 2.618, 4.679)]


@pytest.mark.shared
def test_starss2022(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("starss2022", {"starss2022": layouts / "starss2022"})
    assert numbers(tables) == (1, 4, 0, 0)
    assert row(tables, "fold3_room21_mix001") == {
        "media_key": "fold3_room21_mix001.wav",
        "split": "dev_train_sony",
        "class_names": [],
        "licence": "MIT",
    }
    assert events(tables, "fold3_room21_mix001") == [
        ("Male speech, man speaking", 1.2, 2.8),
        ("Male speech, man speaking", 3.2, 3.8),
        ("Laughter", 3.8, 4.9),
        ("Male speech, man speaking", 5.7, 6.4),
    ]


@pytest.mark.shared
def test_tau2019sse(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("tau2019sse", {"tau2019sse": layouts / "tau2019sse"})
    assert numbers(tables) == (1, 3, 0, 0)
    assert row(tables, "split1_ir0_ov1_1") == {
        "media_key": "split1_ir0_ov1_1.wav",
        "split": "split1",
        "class_names": [],
    }
    assert events(tables, "split1_ir0_ov1_1")[0] == ("cough", 0.36645229108, 1.33445229108)


@pytest.mark.shared
def test_tau2021sse(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("tau2021sse", {"tau2021sse": layouts / "tau2021sse_nigens"})
    assert numbers(tables) == (1, 8, 0, 0)
    assert row(tables, "fold1_room1_mix001") == {
        "media_key": "fold1_room1_mix001.wav",
        "split": "dev_train",
        "class_names": [],
        "licence": "CC-BY-NC-4.0",
    }
    assert events(tables, "fold1_room1_mix001") == [
        ("crying baby", 0.0, 0.1),
        ("crash", 0.3, 0.6),
        ("female scream", 0.8, 1.0),
        ("crying baby", 0.8, 1.1),
        ("female speech", 0.9, 2.9),
        ("female speech", 3.1, 4.9),
        ("female speech", 6.5, 7.7),
        ("footsteps", 11.0, 11.2),
    ]


@pytest.mark.shared
def test_dcase_bioacoustic(ingest: Ingest, layouts: Path) -> None:
    """The sample has a recording for training; that of the validation set is made by hand."""
    made = "Audiofilename,Starttime,Endtime,Q\nME1.wav,1.5,2,POS\nME1.wav,3,4,UNK\n"
    texts = {"dcase_bioacoustic/Development_Set/Validation_Set/ME/ME1.csv": made}
    tables = ingest("dcase_bioacoustic", {"dcase_bioacoustic": layouts / "dcase_bioacoustic"}, texts)
    assert numbers(tables) == (2, 2, 0, 4)
    recording = "2015-09-04_08-04-59_unit03"
    assert row(tables, recording) == {
        "media_key": f"BV/{recording}.wav",
        "split": "Training_Set",
        "class_names": [],
        "licence": "CC-BY-4.0",
    }
    assert events(tables, recording) == [("Ovenbird", 30.707, 30.857)]
    assert events(tables, "ME1") == [("Meerkat move call", 1.5, 2.0)]
    assert set(tables["rejects"]["reason"]) == {"no_event"}


@pytest.mark.shared
def test_singapura(ingest: Ingest, layouts: Path) -> None:
    tables = ingest("singapura", {"singapura": layouts / "singapura"})
    assert numbers(tables) == (5, 7, 0, 0)
    [clip] = tables["labels"]["clip_id"].unique()
    assert row(tables, clip) == {
        "media_key": "[b827ebf3744c][2020-08-19T22-46-04Z][manual][---][4edbade2d41d5f80e324ee4f10d401c0][]-135.flac",
        "split": "all",
        "class_names": [],
        "licence": "CC-BY-SA-4.0",
        "recorded_at": "2020-08-20T06:46:04+08:00",
        "country": "Singapore",
        "locality": "West 2",
        "site": "b827ebf3744c",
    }
    assert events(tables, clip)[0] == ("Bird chirping", 0.0, 0.853)


# --- captions ---


@pytest.mark.shared
def test_clotho(ingest: Ingest, layouts: Path) -> None:
    """In this sample the captions of the validation set are those of another clip."""
    tables = ingest("clotho", {"clotho": layouts / "dcase23_task6a"})
    assert numbers(tables) == (3, 0, 10, 1)
    assert row(tables, "1") == {
        "media_key": "development/1.wav",
        "split": "development",
        "class_names": [],
        "licence": "CC-BY-3.0",
        "source_url": "https://freesound.org/people/Omega9/sounds/267105",
        "recordist": "Omega9",
        "extra": {
            "keywords": ["thunder", "weather", "field-recording", "rain", "city"],
            "sound_id": "267105",
            "start_end_samples": "[259072, 1507102]",
            "licence": "http://creativecommons.org/licenses/by/3.0/",
        },
    }
    assert captions(tables, "1")[0] == "a steady sheet of rain falls softly, thunder rumbles and someone sneezes"
    [motor] = tables["promised"].filter(media_key="evaluation/Santa Motor.wav")["clip_id"]
    assert len(captions(tables, motor)) == 5
    assert row(tables, motor)["licence"] == "CC0-1.0"


def test_names_of_clotho_with_a_blank_before_them_and_in_two_splits(ingest: Ingest) -> None:
    """Rows made by hand of what the published tables hold: those of metadata in Latin-1."""
    header, said = "file_name,keywords,sound_id,sound_link,start_end_samples,manufacturer,license\n", ",b,1,,,m,\n"
    of_split = {"development": [" Ambience Birds.wav", "Caf\u00e9.wav"], "validation": ["Bus(Drive_Reverse)_1-2.wav"]}
    of_split["evaluation"] = of_split["validation"]
    texts: dict[str, str | bytes] = {}
    for split, names in of_split.items():
        texts[f"clotho/clotho_metadata_{split}.csv"] = (header + "".join(name + said for name in names)).encode(
            "latin-1"
        )
        rows = "".join(f"{name},1,2,3,4,5 in {split}\n" for name in names)
        texts[f"clotho/clotho_captions_{split}.csv"] = (
            f"file_name,{','.join(f'caption_{n}' for n in range(1, 6))}\n{rows}"
        )
    tables = ingest("clotho", texts=texts)
    assert numbers(tables) == (4, 0, 20, 0)
    assert tables["promised"]["media_key"].to_list() == [
        "development/ Ambience Birds.wav",
        "development/Caf\u00e9.wav",
        "validation/Bus(Drive_Reverse)_1-2.wav",
        "evaluation/Bus(Drive_Reverse)_1-2.wav",
    ]


@pytest.mark.shared
def test_audiocaps(ingest: Ingest, shared: Path) -> None:
    splits = ("train", "val", "test")
    tables = ingest(
        "audiocaps", {f"audiocaps/dataset/{one}.csv": shared / f"data/captions/audiocaps/{one}.csv" for one in splits}
    )
    assert numbers(tables) == (49_838 + 495 + 975, 0, 49_838 + 2_475 + 4_875, 0)
    assert row(tables, "r1nicOVtvkQ") == {
        "media_key": "r1nicOVtvkQ",
        "split": "train",
        "start_s": 130.0,
        "end_s": 140.0,
        "class_names": [],
        "source_url": "https://youtu.be/r1nicOVtvkQ?start=130",
        "extra": {"audiocap_id": "91139"},
    }
    assert captions(tables, "r1nicOVtvkQ") == ["A woman talks nearby as water pours"]
    assert len(captions(tables, "vfY_TJq7n_U")) == 5


def test_audiocaps2(ingest: Ingest) -> None:
    """Rows made by hand in the columns of dataset2.0/."""
    header = "audiocap_id,youtube_id,start_time,caption\n"
    twice = f"{header}103549,7fmOlUlwoNg,20,constant rattling noise\n103550,7fmOlUlwoNg,20,an engine rattles\n"
    texts = {
        "audiocaps/dataset2.0/train.csv": f"{header}91139,r1nicOVtvkQ,130,a woman talks nearby as water pours\n",
        "audiocaps/dataset2.0/val.csv": header,
        "audiocaps/dataset2.0/test.csv": twice,
    }
    tables = ingest("audiocaps2", texts=texts)
    assert numbers(tables) == (2, 0, 3, 0)
    assert row(tables, "7fmOlUlwoNg") == {
        "media_key": "7fmOlUlwoNg",
        "split": "test",
        "start_s": 20.0,
        "end_s": 30.0,
        "class_names": [],
        "source_url": "https://youtu.be/7fmOlUlwoNg?start=20",
        "extra": {"audiocap_id": "103549"},
    }
    assert captions(tables, "7fmOlUlwoNg") == ["constant rattling noise", "an engine rattles"]


def test_wavcaps(ingest: Ingest) -> None:
    """Rows made by hand, that of SoundBible as published; ids of parts are alike, and so may be their keys."""
    soundbible = {
        "title": "Airplane Landing Airport",
        "description": "Large commercial airplane landing at an airport runway.",
        "author": "Daniel Simion",
        "href": "2219-Airplane-Landing-Airport.html",
        "caption": "An airplane is landing.",
        "id": "2219",
        "duration": 14.1424375,
        "audio": "wav_path",
        "download_link": "http://soundbible.com/grab.php?id=2219&type=wav",
    }
    freesound = {"id": "2219", "file_name": "a.wav", "caption": "A dog barks.", "tags": ["dog"], "duration": 2.0}
    bbc = {"id": "NHU05093027", "caption": "Wind blows.", "duration": 180.5, "category": "Nature"}
    strong = {"id": "Yb0RFKhbpFJA.wav", "caption": "Wind is blowing.", "duration": 10.0, "audio": "wav_path"}
    parts = {
        "FreeSound/fsd_final": [{**freesound, "download_link": "https://freesound.org/d/2219"}],
        "BBC_Sound_Effects/bbc_final": [{**bbc, "download_link": "https://sound-effects.bbcrewind.co.uk/NHU05093027"}],
        "SoundBible/sb_final": [soundbible],
        "AudioSet_SL/as_final": [strong],
    }
    texts = {
        f"wavcaps/json_files/{part}.json": json.dumps({"num_captions_per_audio": 1, "data": data})
        for part, data in parts.items()
    }
    tables = ingest("wavcaps", texts=texts)
    assert numbers(tables) == (4, 0, 4, 0)
    assert tables["promised"].select("media_key", "split").rows() == [
        ("FreeSound/2219.flac", "freesound"),
        ("BBC_Sound_Effects/NHU05093027.flac", "bbc_sound_effects"),
        ("SoundBible/2219.flac", "soundbible"),
        ("AudioSet_SL/Yb0RFKhbpFJA.flac", "audioset_sl"),
    ]
    assert row(tables, tables["promised"]["clip_id"][2]) == {
        "media_key": "SoundBible/2219.flac",
        "split": "soundbible",
        "class_names": [],
        "source_url": "http://soundbible.com/grab.php?id=2219&type=wav",
        "declared_duration_s": 14.1424375,
        "extra": {name: soundbible[name] for name in ("title", "description", "author", "href")},
    }


def test_macs(ingest: Ingest) -> None:
    """Rows made by hand in the shape of MACS.yaml."""
    document = """
files:
- filename: airport-barcelona-0-0-a.wav
  annotations:
  - {sentence: People walk., tags: [footsteps, adults_talking], annotator_id: 7}
  - {sentence: A crowd talks., tags: [adults_talking], annotator_id: 31}
- filename: park-london-1-2-a.wav
  annotations: []
"""
    tables = ingest("macs", texts={"macs/MACS.yaml": document})
    assert numbers(tables) == (2, 2, 2, 0)
    assert row(tables, "airport-barcelona-0-0-a") == {
        "media_key": "airport-barcelona-0-0-a.wav",
        "split": "all",
        "class_names": ["adults_talking", "footsteps"],
        "extra": {"annotators": ["7", "31"]},
    }
    assert captions(tables, "airport-barcelona-0-0-a") == ["People walk.", "A crowd talks."]


def test_wavtext5k(ingest: Ingest) -> None:
    """Rows as published, one of them with an empty description, and one whose description has two lines."""
    bank = "https://bigsoundbank.com"
    table = (
        "view_link,download_link,title,description,fname,tags\n"
        f"{bank}/detail-0100-forest.html,{bank}/UPLOAD/wav/0100.wav,Forest,"
        '"Birds singing, drive away, fly.",0100.wav,\n'
        f"{bank}/detail-0477-wilhelm-scream.html,{bank}/UPLOAD/wav/0477.wav,Wilhelm scream,,0477.wav,\n"
        f'{bank}/x.html,{bank}/x.wav,X,"Rain,\nthunder.",x.wav,storm\n'
    )
    tables = ingest("wavtext5k", texts={"wavtext5k/WavText5K.csv": table})
    assert numbers(tables) == (3, 0, 2, 0)
    assert row(tables, "0100") == {
        "media_key": "0100.wav",
        "split": "all",
        "class_names": [],
        "source_url": f"{bank}/detail-0100-forest.html",
        "extra": {"title": "Forest", "download_link": f"{bank}/UPLOAD/wav/0100.wav"},
    }
    assert captions(tables, "0100") == ["Birds singing, drive away, fly."]


def test_audiosetcaps(ingest: Ingest) -> None:
    """Rows made by hand; ids hold `_` and `-` and are split from the right."""
    table = "id,caption\nno video,A cello.\n"
    texts = {
        "audiosetcaps/Dataset/AudioSetCaps_caption.csv": "id,caption\n-_7Xe9vD3Hp_4_10,Two.\n-TL8Mp3xcUM_0_10,One.\n",
        "audiosetcaps/Dataset/YouTube-8M_AudioSetCaps_caption.csv": "id,caption\n",
        "audiosetcaps/Dataset/VGGSound_AudioSetCaps_caption.csv": table,
    }
    tables = ingest("audiosetcaps", texts=texts)
    assert numbers(tables) == (2, 0, 2, 1)
    assert row(tables, "-_7Xe9vD3Hp") == {
        "media_key": "-_7Xe9vD3Hp",
        "split": "audioset",
        "start_s": 4.0,
        "end_s": 10.0,
        "class_names": [],
        "source_url": "https://youtu.be/-_7Xe9vD3Hp?start=4",
    }
    assert tables["rejects"]["reason"].to_list() == ["expression_failed"]


def test_auto_acd(ingest: Ingest) -> None:
    """Rows made by hand in the columns that it has."""
    texts = {
        "auto_acd/train.csv": "youtube_id,caption\n-_7Xe9vD3Hp,A cello plays in a hall.\n",
        "auto_acd/test.csv": "youtube_id,caption\n-TL8Mp3xcUM,A woman speaks.\n",
    }
    tables = ingest("auto_acd", texts=texts)
    assert numbers(tables) == (2, 0, 2, 0)
    assert row(tables, "-TL8Mp3xcUM") == {
        "media_key": "-TL8Mp3xcUM",
        "split": "test",
        "class_names": [],
        "source_url": "https://youtu.be/-TL8Mp3xcUM",
    }


def test_birdclef2025(ingest: Ingest) -> None:
    """Made by hand; classes stand in a table of their own, and some are called by numbers."""
    columns = "primary_label,secondary_labels,type,filename,collection,rating,url,latitude,longitude,author,license"
    train = (
        f"{columns}\n"
        "1139490,[''],[''],1139490/CSA36385.ogg,CSA,0.0,http://sound.example/36385.mp3,7.3,-73.7,Ann,cc-by-nc-sa 4.0\n"
        "grekis,\"['1139490']\",['song'],grekis/XC1.ogg,XC,3.5,https://www.xeno-canto.org/1,,,Bo,cc-by-nc-sa 4.0\n"
    )
    taxonomy = (
        "primary_label,inat_taxon_id,scientific_name,common_name,class_name\n"
        "1139490,1139490,Ragoniella pulchella,Ragoniella pulchella,Insecta\n"
        "grekis,11989,Pitangus sulphuratus,Great Kiskadee,Aves\n"
    )
    texts = {"birdclef2025/train.csv": train, "birdclef2025/taxonomy.csv": taxonomy}
    tables = ingest("birdclef2025", texts=texts)
    assert numbers(tables) == (2, 3, 0, 0)
    assert row(tables, "XC1")["class_names"] == ["Great Kiskadee", "Ragoniella pulchella"]
    assert row(tables, "CSA36385")["extra"]["collection"] == "CSA"


@pytest.mark.shared
def test_clotho1(ingest: Ingest, layouts: Path) -> None:
    """The sample of the later version has the same tables, and one more."""
    tables = ingest("clotho1", {"clotho1": layouts / "dcase23_task6a"})
    assert tables["promised"]["split"].to_list() == ["development", "evaluation"]
    assert len(captions(tables, "1")) == 5


def test_ambience(ingest: Ingest) -> None:
    tables = ingest("ambience", texts={"ambience/a.csv": 'id,caption\n-abcdefghi_,"Rain, on a roof"\n'})
    assert numbers(tables) == (1, 0, 1, 0)
    assert captions(tables, "-abcdefghi_") == ["Rain, on a roof"]


def test_lists_of_addresses_and_texts(ingest: Ingest) -> None:
    table = (
        'url,text\nhttps://a.example/s/Heavy%20rain.mp3?download=1,Rain falls\nhttps://a.example/2.wav,"Wind, leaves"\n'
    )
    tables = ingest("url_text", texts={"url_text/part-0.csv": table})
    assert numbers(tables) == (2, 0, 2, 0)
    assert row(tables, "2") == {
        "media_key": "2.wav",
        "split": "all",
        "class_names": [],
        "source_url": "https://a.example/2.wav",
    }
    assert tables["promised"]["media_key"][0] == "Heavy rain.mp3"


# --- birds, and places ---

SPELLED_OUT = "Creative Commons Attribution-NonCommercial-ShareAlike"


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024])
def test_birdclef(ingest: Ingest, year: int) -> None:
    """Rows made by hand in the columns of each year; a species that is only heard behind others is no class."""
    columns = {"primary_label": "afrsil1", "secondary_labels": "['houspa', 'redava']", "type": "['call', 'song']"}
    columns |= {"latitude": "12.391", "longitude": "-1.493", "scientific_name": "Euodice cantans"}
    columns |= {"common_name": "African Silverbill", "author": "Bram Piot", "license": f"{SPELLED_OUT} 4.0"}
    columns |= {"rating": "2.5", "url": "https://www.xeno-canto.org/125458", "filename": "afrsil1/XC125458.ogg"}
    if year == 2021:
        columns |= {"date": "2013-03-03", "time": "08:00", "filename": "XC125458.ogg"}
    if year == 2022:
        columns |= {"time": "08:00"}
    other = columns | {"primary_label": "houspa", "secondary_labels": "[]", "type": "['']", "latitude": ""}
    other |= {"common_name": "House Sparrow", "scientific_name": "Passer domesticus"}
    other |= {"filename": columns["filename"].replace("XC125458", "XC2")}
    other = {name: value.replace("afrsil1", "houspa") for name, value in other.items()} | (
        {"time": "?"} if year < 2023 else {}
    )
    rows = pl.DataFrame([columns, other]).write_csv()
    tables = ingest(f"birdclef{year}", texts={f"birdclef{year}/train_metadata.csv": rows})
    assert numbers(tables) == (2, 3, 0, 1)
    assert row(tables, "XC125458") == {
        "media_key": "afrsil1/XC125458.ogg",
        "split": "all",
        "class_names": ["African Silverbill", "House Sparrow"],
        "licence": "CC-BY-NC-SA-4.0",
        "source_url": "https://www.xeno-canto.org/125458",
        "latitude": 12.391,
        "longitude": -1.493,
        "recordist": "Bram Piot",
        "quality": "2.5",
        "extra": {
            "main": "afrsil1",
            "type": ["call", "song"],
            "scientific_name": "Euodice cantans",
            "licence": f"{SPELLED_OUT} 4.0",
        },
        **({"recorded_at": "2013-03-03T08:00"} if year == 2021 else {}),
    }
    assert tables["rejects"].select("scope", "detail").rows() == [("label", "redava is in no source of classes")]
    latin = tables["classes"].select("class_id", "scientific_name").rows()
    assert latin == [("afrsil1", "Euodice cantans"), ("houspa", "Passer domesticus")]
    if year == 2021:
        assert row(tables, "XC2")["recorded_at"] == "2013-03-03"


def test_birdset(ingest: Ingest, tmp_path: Path) -> None:
    """Rows made by hand in those of the 28 columns that are read."""
    shared = {
        "lat": [42.5],
        "long": [-76.4],
        "recordist": ["Ann"],
        "microphone": ["SM2"],
        "license": ["//creativecommons.org/licenses/by-nc-sa/4.0/"],
    }
    shared |= {"call_type": ["song"], "sex": [None], "local_time": ["06:18"], "source": ["xenocanto"], "quality": ["A"]}
    shared |= {"length": [29], "ebird_code_secondary": [["yellow2"]]}
    train = {"filepath": ["XC1.ogg"], "start_time": [None], "end_time": [None], "ebird_code": ["gcrfin"]}
    test = {
        "filepath": ["HSN_001_20150708_061805.ogg"] * 2 + ["HSN_001_20150708_061805_005_010.ogg"],
        "start_time": [0, 5, 5],
        "end_time": [5, 10, 10],
        "ebird_code": [None, None, None],
    }
    folder = tmp_path / "birdset/HSN"
    folder.mkdir(parents=True)
    of_clips = {"start_time": pl.Int64, "end_time": pl.Int64, "ebird_code": pl.String, "sex": pl.String}
    pl.DataFrame(
        train | shared | {"ebird_code_multilabel": [["gcrfin", "mouchi"]]}, schema_overrides=of_clips
    ).write_parquet(folder / "HSN_metadata_train.parquet")
    thrice = {name: values * 3 for name, values in shared.items()}
    labels = {"ebird_code_multilabel": [["gcrfin"], [], ["gcrfin"]]}
    pl.DataFrame(test | thrice | labels, schema_overrides=of_clips).write_parquet(
        folder / "HSN_metadata_test_5s.parquet"
    )
    tables = ingest("birdset")
    assert numbers(tables) == (4, 4, 0, 0)
    assert row(tables, "HSN_001_20150708_061805_0") == {
        "media_key": "HSN_001_20150708_061805.ogg",
        "split": "test_5s",
        "start_s": 0.0,
        "end_s": 5.0,
        "class_names": ["gcrfin"],
        "licence": "CC-BY-NC-SA-4.0",
        "latitude": 42.5,
        "longitude": -76.4,
        "recordist": "Ann",
        "quality": "A",
        "microphone": "SM2",
        "declared_duration_s": 29.0,
        "extra": {
            "call_type": "song",
            "local_time": "06:18",
            "source": "xenocanto",
            "secondary": ["yellow2"],
            "licence": "//creativecommons.org/licenses/by-nc-sa/4.0/",
        },
    }
    assert row(tables, "XC1")["class_names"] == ["gcrfin", "mouchi"]
    cut = row(tables, "HSN_001_20150708_061805_005_010")  # all of its file, which is the span already
    assert not cut.keys() & {"start_s", "end_s"}


@pytest.mark.parametrize("name", ["soundingearth", "soundingearth_tiles"])
def test_soundingearth(ingest: Ingest, name: str) -> None:
    """Rows made by hand in the columns that its authors' code names; sounds and tiles are called alike."""
    table = "key,longitude,latitude\n12,8.5,47.25\n13,,\n"
    tables = ingest(name, texts={"soundingearth/metadata.csv": table})
    assert numbers(tables) == (2, 0, 0, 0)
    assert row(tables, "12") == {
        "media_key": "12",
        "split": "all",
        "class_names": [],
        "latitude": 47.25,
        "longitude": 8.5,
    }
