"""Counter-based random numbers: draw number n of a stream is a pure function of (key, n).

Each row of a batch owns a stream, so it draws the same numbers whatever shares its batch.
The generator is SplitMix64 (Steele, Lea, Flood 2014) read at a counter: `bits(key, n) = mix(key + (n + 1) * GOLDEN)`.
It has a plain form (`Stream`, Python integers), a NumPy form (the functions below, on uint64 arrays),
and a numba form (`dreamctl.random_jit`, the same functions compiled); the three agree bit for bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GOLDEN = 0x9E3779B97F4A7C15
ROOT = 0xD1B54A32D192ED03  # keeps a path's first number apart from the rest: key(a, b) is not key(b, a)
MASK = 0xFFFF_FFFF_FFFF_FFFF

_GOLDEN, _ROOT = np.uint64(GOLDEN), np.uint64(ROOT)
_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ONE, _S30, _S27, _S31, _S32, _S11 = (np.uint64(n) for n in (1, 30, 27, 31, 32, 11))


def key(seed: int, *path: int) -> int:
    """The key of the stream that `path` names below `seed`; different paths give unrelated streams.

    `seed` and each step of the path are integers of any size and sign, taken modulo 2**64.
    """
    value = _mix(seed + ROOT)
    for step in path:
        value = _mix(value ^ _mix(step + GOLDEN))
    return value


def keys(seeds: NDArray[np.uint64], step: int | NDArray[np.integer]) -> NDArray[np.uint64]:
    """`key(seed, step)` for each of `seeds` [B]; `step` is one number, or one per seed."""
    value = mix(np.asarray(seeds, np.uint64) + _ROOT)
    return mix(value ^ mix(np.atleast_1d(step).astype(np.uint64) + _GOLDEN))


class Stream:
    """The plain form: a key and a counter that each draw moves on by one."""

    def __init__(self, key: int, counter: int = 0) -> None:
        self.key, self.counter = int(key) & MASK, int(counter)

    def bits(self) -> int:
        """64 random bits."""
        value = _mix(self.key + (self.counter + 1) * GOLDEN)
        self.counter += 1
        return value

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1, for n up to 2**32; the bias is under n / 2**32."""
        return ((self.bits() >> 32) * n) >> 32

    def uniform(self) -> float:
        """A double in [0, 1)."""
        return (self.bits() >> 11) * 2.0**-53


def mix(x):  # type: ignore[no-untyped-def]  # compiled by numba as it stands, for scalars and arrays
    """SplitMix64's finaliser."""
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


def bits(key, counter):  # type: ignore[no-untyped-def]
    """64 random bits: draw number `counter` of stream `key` (uint64 arrays, or scalars in numba)."""
    return mix(key + (counter + _ONE) * _GOLDEN)


def below(bits, n):  # type: ignore[no-untyped-def]
    """A whole number from 0 to n - 1 from 64 random bits; `n` is a uint64."""
    return ((bits >> _S32) * n) >> _S32


def uniform(bits):  # type: ignore[no-untyped-def]
    """A double in [0, 1) from 64 random bits."""
    return (bits >> _S11) * 2.0**-53


def _mix(x: int) -> int:
    x &= MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)
