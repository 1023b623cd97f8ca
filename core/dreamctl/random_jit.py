"""The numba form of `dreamctl.random`: the same functions, compiled for uint64 scalars inside other compiled code."""

from __future__ import annotations

import numba

from . import random as plain

mix = numba.njit(plain.mix, inline="always")


@numba.njit(inline="always")
def bits(key, counter):  # type: ignore[no-untyped-def]
    return mix(key + (counter + plain._ONE) * plain._GOLDEN)


below = numba.njit(plain.below, inline="always")
uniform = numba.njit(plain.uniform, inline="always")
