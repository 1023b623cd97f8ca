"""Figures over seeds and tasks: interquartile means and bootstrap intervals.

After Agarwal, Schwarzer, Castro, Courville and Bellemare 2021, *Deep Reinforcement Learning at the Edge of the
Statistical Precipice*. Letters: S seeds, M tasks, R resamples.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

RESAMPLES = 2000
SOME = 100  # resamples that are looked at together, which bounds the memory
NEAR = 0.9  # of the optimum

Values = NDArray[np.float64]


@frozen
class Figure:
    """A value and the interval in which 95 % of what was drawn anew lay; None where nothing could be drawn."""

    value: float
    interval: tuple[float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "interval": list(self.interval) if self.interval else None}


def interquartile_mean(values: NDArray[Any]) -> Any:
    """The mean of the middle half of the last axis; what lies across the border counts for the part inside."""
    ordered, n = np.sort(np.asarray(values, np.float64), -1), np.shape(values)[-1]
    edges = np.clip(np.arange(n + 1), n / 4, 3 * n / 4)
    return ordered @ (np.diff(edges) / (n / 2))


def over_seeds(
    runs: NDArray[Any], rng: np.random.Generator, resampled: NDArray[Any] | None = None
) -> dict[str, Figure]:
    """The interquartile mean (`iqm`) and the mean of runs [S], seeds drawn anew with replacement.

    `resampled` [S, R] is what each run would have come to on tasks drawn anew, the same for all runs.
    """
    seeds = len(runs)
    each = np.repeat(np.asarray(runs, np.float64)[:, None], RESAMPLES, 1) if resampled is None else resampled
    drawn = rng.integers(seeds, size=(seeds, each.shape[1]))
    anew = np.take_along_axis(each, drawn, 0).T  # [R, S]
    uncertain = seeds > 1 or resampled is not None
    return {
        "iqm": Figure(float(interquartile_mean(runs)), middle(interquartile_mean(anew)) if uncertain else None),
        "mean": Figure(float(np.mean(runs)), middle(anew.mean(1)) if uncertain else None),
    }


def tasks_anew(scores: Values, counts: Values, rng: np.random.Generator) -> Values:
    """What each run [S, M] comes to on tasks drawn anew with replacement: [S, R]; `counts` [M] are trials of a task."""
    tasks = scores.shape[1]
    weights = rng.multinomial(tasks, np.full(tasks, 1 / tasks), RESAMPLES) * counts  # [R, M]
    return np.asarray((scores @ weights.T) / weights.sum(1))


def over_seeds_and_tasks(scores: Values, rng: np.random.Generator) -> Figure:
    """The interquartile mean of all scores [S, M], runs being drawn anew in each task by itself: the strata."""
    seeds, tasks = scores.shape
    value = float(interquartile_mean(scores.ravel()))
    if seeds == 1:
        return Figure(value)
    found = []
    for _ in range(RESAMPLES // SOME):
        drawn = rng.integers(seeds, size=(SOME, seeds, tasks))
        found.append(interquartile_mean(scores[drawn, np.arange(tasks)].reshape(SOME, -1)))
    return Figure(value, middle(np.concatenate(found)))


def middle(values: NDArray[Any]) -> tuple[float, float]:
    """Where the middle 95 % of these lie."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def steps_to(curves: list[Values], target: float) -> tuple[float | None, int]:
    """The median over seeds of the steps at which curves [points, (steps, value)] first reach the target, and how
    many do; None where the median seed does not.
    """
    first = []
    for curve in curves:
        there = np.flatnonzero(curve[:, 1] >= target)
        first.append(float(curve[there[0], 0]) if len(there) else np.inf)
    median = float(np.median(first))
    return (median if np.isfinite(median) else None), int(np.isfinite(first).sum())


def band(curves: list[Values], rng: np.random.Generator) -> dict[str, list[float]]:
    """Several seeds' curves [points, (steps, value)] as one: `steps`, `iqm`, and its interval `low` to `high`."""
    steps = np.mean([curve[:, 0] for curve in curves], 0) if len({len(c) for c in curves}) == 1 else curves[0][:, 0]
    values = np.stack([np.interp(steps, *curve.T) for curve in curves])  # [S, points]
    drawn = rng.integers(len(curves), size=(RESAMPLES, len(curves)))
    anew = interquartile_mean(values[drawn].swapaxes(1, 2))  # [R, points]
    low, high = np.quantile(anew, [0.025, 0.975], 0)
    named = {"steps": steps, "iqm": interquartile_mean(values.T), "low": low, "high": high}
    return {name: np.round(each, 6).tolist() for name, each in named.items()}
