"""What can be had at best, and what those get who do not read the sign: computed, not typed in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dreamctl import keys
from dreamctl.random import bits, uniform

from .world import COLOURS, HORIZON, OBJECTS, SHAPES, START_X, START_Z, paid

# every right colour, colour that is tried, and shape that is asked for
CASES = list(product(range(len(COLOURS)), range(len(COLOURS)), range(len(SHAPES))))
STARTS = 64  # starts that the shortest ways are computed for


def starts(count: int = STARTS, seed: int = 0) -> NDArray[np.float64]:
    """Places (x, z, angle) [N, 3] at which episodes begin."""
    drawn = uniform(
        bits(keys(np.full(count, seed, np.uint64), np.arange(count))[:, None], np.arange(3, dtype=np.uint64))
    )
    low, high = np.array([START_X[0], START_Z[0], 0.0]), np.array([START_X[1], START_Z[1], 2 * math.pi])
    return low + (high - low) * drawn


def best_return(*, has_sign: bool, reward_seen: bool, count: int = STARTS) -> float:
    """The mean return of the best play, over `count` starts.

    Whoever knows the colour walks to its object where that is near enough. Who has not read the sign has touched an
    object, if its reward may be seen, or knows nothing.
    """
    from .routes import SIGN, routes

    places = starts(count)
    reached = np.mean([routes(places, np.full(count, thing))[1] <= HORIZON for thing in range(OBJECTS)])
    read = np.mean(routes(places, np.full(count, SIGN))[1] <= HORIZON) if has_sign else 0.0
    without = max(0.0, after_trying() if reward_seen else uninformed())
    return float(reached * (read + (1 - read) * without))


def uninformed() -> float:
    """The mean return of touching an object of the shape that is asked for, knowing nothing."""
    return _mean(paid(shape * len(COLOURS) + guess, right, shape) for right, guess, shape in CASES)


def after_trying() -> float:
    """The mean return after touching one object, whose reward is seen: of the same colour if that was right, of
    another if it was wrong. Posterior sampling gets this.
    """

    def then(right: int, tried: int, shape: int) -> float:
        if paid(tried, right, -1) > 0:
            return paid(shape * len(COLOURS) + tried, right, shape)
        left = [colour for colour in range(len(COLOURS)) if colour != tried]
        return _mean(paid(shape * len(COLOURS) + guess, right, shape) for guess in left)

    return _mean(then(*case) for case in CASES)


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
