"""torchaudio, imported so that it works with and without CUDA.

torchaudio's wheel carries an extension that is linked against CUDA; beside a torch without CUDA, importing it raises
OSError. Nothing used here lives in that extension, so where the plain import fails it is done again with the extension
declared absent. Where the plain import works it is left alone.
"""

import importlib
import sys
import types
from typing import Any

_EXTENSION = "torchaudio._extension"


def module(name: str) -> Any:
    """A module of torchaudio: `functional`, `compliance.kaldi`."""
    try:
        return importlib.import_module(f"torchaudio.{name}")
    except OSError:
        for other in [other for other in sys.modules if other.partition(".")[0] == "torchaudio"]:
            del sys.modules[other]
        absent = types.ModuleType(_EXTENSION)
        absent._IS_TORCHAUDIO_EXT_AVAILABLE = False  # type: ignore[attr-defined]
        absent.fail_if_no_align = lambda function: function  # type: ignore[attr-defined]
        sys.modules[_EXTENSION] = absent
        return importlib.import_module(f"torchaudio.{name}")
