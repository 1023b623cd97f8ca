"""What can be had of a two-armed bandit, by dynamic programming over how often each arm paid and did not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

Chances = tuple[float, float]
Counts = tuple[int, int, int, int]  # arm 0 paid, did not; arm 1 paid, did not


def best_share(tasks: Sequence[Chances], pulls: int, *, explorations: int) -> float:
    """The highest expected share of `pulls` execution pulls that pay, after `explorations` pulls that do not count.

    The tasks are equally likely, and what is known is what the pulls showed.
    """
    chances = np.array(tasks)  # [M, 2]

    @cache
    def expected(counts: Counts) -> np.ndarray:
        """[2] the probability that each arm pays next."""
        paid0, not0, paid1, not1 = counts
        first, second = chances.T
        likelihood = first**paid0 * (1 - first) ** not0 * second**paid1 * (1 - second) ** not1  # [M]
        return likelihood @ chances / likelihood.sum()

    @cache
    def value(counts: Counts) -> float:
        done = sum(counts)
        if done == explorations + pulls:
            return 0.0
        return max(pull(counts, arm, pays, done >= explorations) for arm, pays in enumerate(expected(counts)))

    def pull(counts: Counts, arm: int, pays: float, counted: bool) -> float:
        paid, not_paid = (
            tuple(n + (place == 2 * arm + outcome) for place, n in enumerate(counts)) for outcome in (0, 1)
        )
        value_paid = value(paid) if pays > 0 else 0.0
        value_not = value(not_paid) if pays < 1 else 0.0
        return pays * (counted / pulls + value_paid) + (1 - pays) * value_not

    return value((0, 0, 0, 0))
