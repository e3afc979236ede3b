"""torchaudio's Kaldi features."""

from workflow_scripts.sound import torchaudio

_kaldi = torchaudio.module("compliance.kaldi")
fbank = _kaldi.fbank
"""torchaudio.compliance.kaldi.fbank"""
get_mel_banks = _kaldi.get_mel_banks
"""torchaudio.compliance.kaldi.get_mel_banks"""
