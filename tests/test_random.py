"""Counter-based random numbers: three forms, one stream."""

import numba
import numpy as np
import pytest

from dreamctl import Stream, key, keys, random, random_jit

SEEDS = np.array([0, 1, 2**63, 2**64 - 1, 12345], np.uint64)


@numba.njit
def compiled(keys, counters, n):
    out = np.empty((len(keys), 3))
    for i in range(len(keys)):
        bits = random_jit.bits(keys[i], counters[i])
        out[i, 0] = bits >> np.uint64(40)
        out[i, 1] = random_jit.below(bits, n)
        out[i, 2] = random_jit.uniform(bits)
    return out


def test_the_plain_the_numpy_and_the_numba_form_agree_bit_for_bit():
    counters = np.array([0, 1, 7, 2**40, 3], np.uint64)
    bits = random.bits(SEEDS, counters)
    fast = compiled(SEEDS, counters, np.uint64(17))
    for i, (seed, counter) in enumerate(zip(SEEDS.tolist(), counters.tolist(), strict=True)):
        assert Stream(seed, counter).bits() == bits[i]
        assert fast[i, 0] == int(bits[i]) >> 40
        assert Stream(seed, counter).below(17) == random.below(bits, np.uint64(17))[i] == fast[i, 1]
        assert Stream(seed, counter).uniform() == random.uniform(bits)[i] == fast[i, 2]


def test_it_is_splitmix64():
    stream = Stream(1234567)
    # the first outputs for this seed in Vigna's reference implementation
    assert [stream.bits() for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_a_stream_draws_on_from_where_it_is():
    stream = Stream(5)
    drawn = [stream.bits() for _ in range(4)]
    assert [Stream(5, n).bits() for n in range(4)] == drawn
    assert stream.counter == 4


def test_keys_of_an_array_are_the_keys_of_its_seeds():
    for step in (0, 3, 2**40):
        assert keys(SEEDS, step).tolist() == [key(seed, step) for seed in SEEDS.tolist()]
    steps = np.arange(5)
    assert keys(SEEDS, steps).tolist() == [key(s, n) for s, n in zip(SEEDS.tolist(), steps.tolist(), strict=True)]
    assert keys(keys(SEEDS, 1), 2).dtype == np.uint64


def test_paths_that_differ_give_keys_that_differ():
    every = [key(seed, *path) for seed in range(20) for path in ((), (0,), (1,), (0, 0), (0, 1), (1, 0), (-1,))]
    assert len(set(every)) == len(every)
    assert key(3, 5) != key(5, 3)
    assert key(2**64 + 3, 5) == key(3, 5)
    assert key(-1) == key(2**64 - 1)


@pytest.mark.parametrize("n", [2, 3, 10])
def test_numbers_are_evenly_spread(n):
    bits = random.bits(np.uint64(key(7)), np.arange(30_000, dtype=np.uint64))
    counts = np.bincount(random.below(bits, np.uint64(n)).astype(int), minlength=n)
    assert np.abs(counts - 30_000 / n).max() < 5 * np.sqrt(30_000 / n)
    uniform = random.uniform(bits)
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert uniform.mean() == pytest.approx(0.5, abs=5 / np.sqrt(12 * 30_000))
