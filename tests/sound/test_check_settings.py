"""The fingerprint names what a check would tell otherwise."""

import hashlib
import itertools

import pytest

from workflow_scripts.sound import settings
from workflow_scripts.sound.settings import CHECK_COLUMNS, CheckSettings
from workflow_scripts.tables import schemas

COLUMNS = (5, "6d9ba867eebdb9a7")
"""CHECK_COLUMNS, and a digest of the columns that it stands for."""


def test_settings_of_the_same_values_have_one_fingerprint() -> None:
    assert CheckSettings("first", 128).fingerprint == CheckSettings(num_mel_bins=128, channel="first").fingerprint


def test_every_setting_counts() -> None:
    wanted = [CheckSettings(channel, bins) for channel, bins in itertools.product(["first", "mean"], [64, 128])]
    assert len({one.fingerprint for one in wanted}) == 4


def test_the_version_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = CheckSettings("first", 128).fingerprint
    monkeypatch.setattr(settings, "CHECK_VERSION", settings.CHECK_VERSION + 1)
    assert CheckSettings("first", 128).fingerprint != before


def test_other_columns_of_the_checks_have_another_number() -> None:
    """Snakemake runs shards again for it; without that, tables of today and of before would stand side by side."""
    columns = repr(list(schemas.CHECKS.empty().schema.items()))
    assert (CHECK_COLUMNS, hashlib.blake2b(columns.encode(), digest_size=8).hexdigest()) == COLUMNS
