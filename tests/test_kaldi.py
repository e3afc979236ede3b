"""torchaudio's Kaldi features can be imported beside any torch."""

import os
import subprocess
import sys
from pathlib import Path

import torch

REPOSITORY = Path(__file__).resolve().parents[1]
TELL = """
import sys
from tests import kaldi
print(kaldi.fbank if isinstance(kaldi.fbank, str) else kaldi.fbank.__module__)
print("torchaudio._extension" in sys.modules)
"""


def _told(*first_on_path: Path) -> list[str]:
    path = os.pathsep.join(str(folder) for folder in (*first_on_path, REPOSITORY))
    done = subprocess.run(
        [sys.executable, "-c", TELL],
        env=os.environ | {"PYTHONPATH": path},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return done.stdout.split()


def _stand_in(folder: Path, top: str) -> Path:
    """A package that looks like torchaudio and does nothing heavy."""
    package = folder / "torchaudio" / "compliance"
    package.mkdir(parents=True)
    (folder / "torchaudio/__init__.py").write_text(top)
    (package / "__init__.py").write_text("")
    (package / "kaldi.py").write_text("fbank = get_mel_banks = 'the_plain_one'\n")
    return folder


def test_the_import_works_here() -> None:
    from tests.kaldi import fbank

    assert fbank.__module__ == "torchaudio.compliance.kaldi"
    assert fbank(torch.ones(1, 400), num_mel_bins=8, sample_frequency=16_000.0).shape == (1, 8)


def test_a_plain_import_that_works_is_left_alone(tmp_path: Path) -> None:
    assert _told(_stand_in(tmp_path, "")) == ["the_plain_one", "False"]


def test_an_extension_that_works_is_not_replaced(tmp_path: Path) -> None:
    folder = _stand_in(tmp_path, "from torchaudio import _extension\nassert _extension.REAL\n")
    (folder / "torchaudio/_extension.py").write_text("REAL = True\n")
    assert _told(folder) == ["the_plain_one", "True"]


def test_an_extension_that_cannot_be_loaded_is_declared_absent(tmp_path: Path) -> None:
    top = "from torchaudio import _extension\nassert not _extension._IS_TORCHAUDIO_EXT_AVAILABLE\n"
    folder = _stand_in(tmp_path, top)
    (folder / "torchaudio/_extension.py").write_text(
        "raise OSError('libc10_cuda.so: cannot open shared object file')\n"
    )
    assert _told(folder) == ["the_plain_one", "True"]


def test_a_torchaudio_that_is_not_there_says_so(tmp_path: Path) -> None:
    folder = _stand_in(tmp_path, "raise ModuleNotFoundError('No module named torchaudio')\n")
    done = subprocess.run(
        [sys.executable, "-c", TELL],
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{REPOSITORY}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 1
    assert "No module named torchaudio" in done.stderr
