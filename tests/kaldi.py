"""torchaudio's Kaldi features, imported so that it works with and without CUDA.

torchaudio's wheel carries an extension that is linked against CUDA; beside a torch without CUDA, importing it raises
OSError. Nothing used here lives in that extension, so where the plain import fails it is done again with the extension
declared absent. Where the plain import works it is left alone.
"""

import importlib
import sys
import types
from typing import Any

_EXTENSION = "torchaudio._extension"


def _import_kaldi() -> Any:
    try:
        return importlib.import_module("torchaudio.compliance.kaldi")
    except OSError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]
        absent = types.ModuleType(_EXTENSION)
        absent._IS_TORCHAUDIO_EXT_AVAILABLE = False  # type: ignore[attr-defined]
        absent.fail_if_no_align = lambda function: function  # type: ignore[attr-defined]
        sys.modules[_EXTENSION] = absent
        return importlib.import_module("torchaudio.compliance.kaldi")


_kaldi = _import_kaldi()
fbank = _kaldi.fbank
"""torchaudio.compliance.kaldi.fbank"""
get_mel_banks = _kaldi.get_mel_banks
"""torchaudio.compliance.kaldi.get_mel_banks"""
