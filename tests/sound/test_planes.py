"""Blocks of interleaved samples become planes, in memory that is used again."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.sound.planes import Buffer, Planes

EDGES = [-32768, -32767, -1, 0, 1, 255, 256, 32767]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(1, 9), st.sampled_from([np.int16, np.float32]), st.integers(0, 99))
def test_planes_are_the_samples_of_each_channel(frames: int, channels: int, dtype: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    block = rng.choice([*EDGES, *rng.integers(-32768, 32768, 50)], (frames, channels)).astype(dtype)
    planes, full_scale = Planes().of(block)
    assert planes.dtype == np.float32
    np.testing.assert_array_equal(planes.astype(np.float64) / full_scale, block.T / (2**15 if dtype == np.int16 else 1))


def test_every_pair_of_edges_survives_the_way_of_16_bit_stereo() -> None:
    block = np.array([(left, right) for left in EDGES for right in EDGES], np.int16)
    planes, full_scale = Planes().of(block)
    np.testing.assert_array_equal(planes / full_scale, block.T / 2**15)


def test_every_float_of_a_stereo_block_keeps_its_bits() -> None:
    floats = [0.0, -0.0, 1.0, -1.0, 1e-42, 3.4e38, np.inf, -np.inf, np.nan, -np.nan]
    block = np.array([(left, right) for left in floats for right in floats], np.float32)
    planes, full_scale = Planes().of(block)
    assert full_scale == 1
    np.testing.assert_array_equal(planes.view(np.int32), block.T.copy().view(np.int32))


def test_a_block_is_left_as_it_was() -> None:
    block = np.array([(1, -2), (3, -4)], np.int16)
    planes, _ = Planes().of(block)
    planes[:] = 0
    assert block.tolist() == [[1, -2], [3, -4]]


def test_a_smaller_block_after_a_larger_one_has_its_own_samples() -> None:
    planes = Planes()
    planes.of(np.full((100, 3), 7, np.float32))
    small, _ = planes.of(np.arange(4, dtype=np.float32).reshape(2, 2))
    assert small.tolist() == [[0.0, 2.0], [1.0, 3.0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_a_buffer_grows_and_is_used_again(dtype: Any) -> None:
    buffer = Buffer(dtype)
    large = buffer.take(3, 50)
    assert (large.shape, large.dtype) == ((3, 50), dtype)
    assert np.shares_memory(buffer.take(2, 60), large)
    assert buffer.take(151).shape == (151,)
    assert buffer.take(0, 2).shape == (0, 2)
