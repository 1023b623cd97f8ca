"""What can be had in a kitchen: in closed form for who knows its drawers, by dynamic programming for who does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

import numpy as np

from .env import (
    BOWL,
    DONE,
    DRAWERS,
    EMPTY,
    HOLD_FIRST,
    HOLD_SECOND,
    INGREDIENTS,
    MISTAKE,
    MOVES,
    PROGRESS,
    SIZE,
    START,
    STEP_REWARD,
    STEPS,
)

Drawers = tuple[int, ...]  # what each holds, or is known to hold
UNKNOWN: Drawers = (EMPTY,) * len(DRAWERS)
STAGES = 4


def knowing(kitchens: Sequence[Drawers]) -> float:
    """The best mean return of an execution in these kitchens, over what may be asked for.

    Each of two ingredients is fetched from the nearest drawer that has it: every stage pays once, and every step of
    the ways there and back costs. No explorer makes more possible; one that has looked into all drawers makes as much.
    """
    return float(np.mean([STAGES * PROGRESS + 2 * 2 * STEP_REWARD * _mean_distance(kitchen) for kitchen in kitchens]))


def _mean_distance(kitchen: Drawers) -> float:
    """From the bowl to the nearest drawer with an ingredient, the mean over what the drawers hold."""
    distance = [abs(x - BOWL[0]) + abs(y - BOWL[1]) for x, y in DRAWERS]
    nearest = {held: min(d for d, other in zip(distance, kitchen, strict=True) if other == held) for held in kitchen}
    return float(np.mean([nearest[held] for held in kitchen]))


# --- without exploring --------------------------------------------------------------------------------------------


def not_knowing() -> float:
    """The best mean return of an execution for who knows how kitchens are, but not what the drawers of this one hold.

    All kitchens are equally likely before it is known what is asked for, and what is asked for is in the drawers. The
    search is over steps to go, place, hand, stage, and what is known of the drawers; it leaves out what never helps:
    to end, to wait, and to drop what is not wanted in the bowl.
    """
    likely = {asked: _weight(asked) for asked in product(range(INGREDIENTS), repeat=2)}
    total = sum(likely.values())
    same, different = _without((0, 0)), _without((0, 1))
    return sum(weight * (same if a == b else different) for (a, b), weight in likely.items()) / total


def _weight(asked: tuple[int, ...], known: Drawers = UNKNOWN) -> float:
    """How likely this is asked for, times the number of kitchens that `known` leaves possible."""
    return sum(float(np.prod([kitchen.count(each) / len(DRAWERS) for each in asked])) for kitchen in _kitchens(known))


def _kitchens(known: Drawers) -> Iterator[Drawers]:
    return product(*(range(INGREDIENTS) if held == EMPTY else (held,) for held in known))


def _without(asked: tuple[int, int]) -> float:
    @cache
    def weight(known: Drawers) -> float:
        return _weight(asked, known)

    @cache
    def value(left: int, place: tuple[int, int], held: int, stage: int, known: Drawers) -> float:
        if left == 0 or stage == DONE:
            return 0.0
        x, y = place
        walks = {(min(max(x + dx, 0), SIZE - 1), min(max(y + dy, 0), SIZE - 1)) for dx, dy in MOVES.values()} - {place}
        options = [STEP_REWARD + value(left - 1, to, held, stage, known) for to in walks]
        wanted = asked[stage // 2]
        if place == BOWL and stage not in (HOLD_FIRST, HOLD_SECOND):
            options.append(PROGRESS + value(left - 1, place, EMPTY, stage + 1, known))
        if place in DRAWERS:
            options.append(picking(left, place, held, stage, known, wanted))
        return max(options)

    def picking(left: int, place: tuple[int, int], held: int, stage: int, known: Drawers, wanted: int) -> float:
        """What "pickup" is worth, over what the drawer may turn out to hold."""
        drawer = DRAWERS.index(place)
        total = 0.0
        for found in range(INGREDIENTS) if known[drawer] == EMPTY else (known[drawer],):
            after = (*known[:drawer], found, *known[drawer + 1 :])
            reward, then = _picked(stage, found == wanted)
            if weight(after):
                total += weight(after) * (reward + value(left - 1, place, found, then, after))
        return total / weight(known)

    return value(STEPS, START, EMPTY, HOLD_FIRST, UNKNOWN)


def _picked(stage: int, right: bool) -> tuple[float, int]:
    """Reward and next stage of picking something up: what is wanted, or something else."""
    if stage in (HOLD_FIRST, HOLD_SECOND):
        return (PROGRESS, stage + 1) if right else (MISTAKE, stage)
    return (STEP_REWARD, stage) if right else (MISTAKE, stage - 1)
