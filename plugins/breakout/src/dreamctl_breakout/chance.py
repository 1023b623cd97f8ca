"""The program's random numbers: the module `random` with all it has, drawing from a counter-based stream.

Draw number n of stream `key` is SplitMix64 read at n, as in `dreamctl.random`, which the sandbox does not load because
it needs NumPy. `random()` is one `uniform` of the stream, and `randint`, `randrange` and `choice` are one `below`.
"""

from __future__ import annotations

import hashlib
import random
from types import ModuleType
from typing import Any

MASK, GOLDEN = 0xFFFF_FFFF_FFFF_FFFF, 0x9E3779B97F4A7C15

FUNCTIONS = (
    "seed", "random", "uniform", "triangular", "randint", "choice", "randrange", "sample", "shuffle", "choices",
    "normalvariate", "lognormvariate", "expovariate", "vonmisesvariate", "gammavariate", "gauss", "betavariate",
    "binomialvariate", "paretovariate", "weibullvariate", "getstate", "setstate", "getrandbits", "randbytes",
)  # fmt: skip


class Chance(random.Random):
    """`random.Random` on such a stream. Float bounds that are whole numbers are taken, as until Python 3.11."""

    key = counter = 0  # before `seed` is called

    def bits(self) -> int:
        """64 random bits."""
        self.counter += 1
        x = (self.key + self.counter * GOLDEN) & MASK
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
        return x ^ (x >> 31)

    def random(self) -> float:
        return (self.bits() >> 11) * 2.0**-53

    def getrandbits(self, k: int) -> int:
        if k < 0:
            raise ValueError("number of bits must be non-negative")
        words = (k + 63) // 64
        value = sum(self.bits() << (64 * i) for i in range(words))
        return value >> (64 * words - k)

    def _randbelow(self, n: int) -> int:
        if n <= 0:
            raise ValueError("empty range")
        return ((self.bits() >> 32) * n) >> 32 if n <= 1 << 32 else self.getrandbits(n.bit_length() + 64) % n

    def randrange(self, start: Any, stop: Any = None, step: Any = 1) -> int:
        whole = [_whole(start, 1), None if stop is None else _whole(stop, 2), _whole(step, 3)]
        return super().randrange(*whole)

    def randint(self, a: Any, b: Any) -> int:
        return self.randrange(a, b + 1)

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Go on with the stream of a seed; without one, the stream stays."""
        self.gauss_next = None
        if a is not None:
            self.key = int.from_bytes(hashlib.blake2b(repr(a).encode(), digest_size=8).digest(), "little")
            self.counter = 0

    def getstate(self) -> Any:
        return self.key, self.counter, self.gauss_next

    def setstate(self, state: Any) -> None:
        self.key, self.counter, self.gauss_next = state


def stream(key: int) -> Chance:
    """The stream of a key."""
    chance = Chance()
    chance.key = key & MASK
    return chance


def install(module: ModuleType, key: int) -> None:
    """Make the module `random` draw from the stream of `key`; further generators have streams of their own."""
    chance = stream(key)
    others = iter(range(1, 1 << 62))

    class Another(Chance):
        def __init__(self, x: Any = None) -> None:
            super().__init__(x)
            if x is None:
                self.key = (key ^ next(others) * GOLDEN) & MASK

    for name in FUNCTIONS:
        if hasattr(module, name):
            setattr(module, name, getattr(chance, name))
    module.__dict__.update(_inst=chance, Random=Another, SystemRandom=Another)


def _whole(value: Any, place: int) -> Any:
    if isinstance(value, float):
        if value != int(value):
            raise ValueError(f"non-integer arg {place} for randrange()")
        return int(value)
    return value
