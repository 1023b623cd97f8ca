"""A judge together with its calibration: what turns explorations into probabilities that mean what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from ..errors import PluginError
from ..learning.learner import Judge
from ..learning.signs import Signs
from ..records import Environment, Task
from ..simulation.episodes import Episodes
from ..simulation.policy import Policy
from .play import ROWS, explore, explore_until

LEAST = 1e-6  # raw probabilities are kept this far from 0 and 1
PRIOR = 1.0  # how strongly, in programs, the calibration is held to leaving probabilities alone
TOGETHER = 4 * ROWS  # tasks that are explored at once, so that those that go on fill shards
SETTLED = 0.005  # exploring ends when some verdict would change with a smaller probability
RIGHT = 0.99  # share of verdicts that the default abstention keeps right on validation programs
MOST_CERTAIN = 0.05  # a verdict with a smaller risk than this is given in any case


@frozen(eq=False)
class FittedJudge:
    """A judge, and per item a slope and an offset on the log odds (Platt 1999), fitted on validation programs.

    `risk` is the probability of being wrong above which it would rather abstain; at 0.5 it never does.
    `signs` place evidence; runs of earlier versions have none.
    `reads_source`: the judge is a control that is given the tasks of the explorations; no other ever is.
    `anything` is the slope and offset of the probability that any item is present at all.
    """

    judge: Judge
    calibration: NDArray[np.float64]  # [L, (slope, offset)]
    risk: float = field(default=0.5)
    reads_source: bool = False
    anything: NDArray[np.float64] = field(factory=lambda: np.array([1.0, 0.0]))  # [(slope, offset)]
    signs: Signs | None = field(default=None, kw_only=True)

    def probabilities(self, episodes: Episodes) -> NDArray[np.float64]:
        """Probability that each item is present, after the whole exploration: [B, L]."""
        return calibrated(whole(self.judge, episodes, self.reads_source), self.calibration)

    def broken(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability [B] that any item is present, from those of the items [B, L].

        Items are not independent, which the slope makes up for as far as one number can.
        """
        return calibrated(any_of(probabilities)[:, None], self.anything[None])[:, 0]

    def explorations(
        self,
        environment: Environment,
        policy: Policy,
        tasks: Sequence[Task],
        seeds: NDArray[np.uint64],
        *,
        told: bool = False,
        failures: list[str] | None = None,
    ) -> Iterator[Episodes]:
        """What to judge each task by, some tasks at a time: exploring ends once the verdicts are settled."""
        if told or not self.judge.settles:
            yield from explore(environment, policy, tasks, seeds, told=told, failures=failures)
            return
        for first in range(0, len(tasks), TOGETHER):
            some = slice(first, first + TOGETHER)
            yield explore_until(environment, policy, tasks[some], seeds[some], self._settled, failures=failures)

    def _settled(self, played: Episodes, memory: Any) -> tuple[NDArray[np.bool_], Any]:
        changes, memory = self.judge.unsettled(played.without_tasks(), memory)
        return changes < SETTLED, memory

    def beliefs(self, episodes: Episodes) -> NDArray[np.float64]:
        """The same after every prefix, [B, T+1, L], for a judge with `prefixes`."""
        return calibrated(_asked(self.judge.predict, self.judge, episodes, self.reads_source), self.calibration)


def uncalibrated(judge: Judge, items: int, reads_source: bool = False) -> FittedJudge:
    """A judge whose probabilities are taken as they are."""
    return FittedJudge(judge, np.tile([1.0, 0.0], (items, 1)), reads_source=reads_source)


def fit_calibration(
    judge: Judge, probability: NDArray[Any], targets: NDArray[Any], reads_source: bool = False
) -> FittedJudge:
    """Calibrate a judge on the raw probabilities [B, L] that it gave validation programs with these targets [B, L]."""
    if probability.shape != targets.shape:
        raise PluginError(
            f"{type(judge).__name__}: predict() gives a column per rubric item, {targets.shape[1]} in all "
            f"(got an array of shape {probability.shape})."
        )
    pairs = [_platt(probability[:, i], targets[:, i]) for i in range(targets.shape[1])]
    calibration = np.array(pairs).reshape(-1, 2)  # [L, (slope, offset)]
    after = calibrated(probability, calibration)
    anything = np.array(_platt(any_of(after), any_target(targets)))
    return FittedJudge(judge, calibration, _risk(after, targets), reads_source, anything)


def any_of(probability: NDArray[Any]) -> NDArray[np.float64]:
    """Probability [B] that any of the items [B, L] is present, were they independent."""
    return np.asarray(-np.expm1(np.log1p(-np.clip(probability, LEAST, 1 - LEAST)).sum(1)))


def any_target(targets: NDArray[Any]) -> NDArray[np.float64]:
    """Whether any item is present [B], from the truth of the items [B, L]; NaN where what is known does not decide."""
    unknown = np.where(np.isnan(targets).any(1), np.nan, 0.0)
    return np.where((targets > 0.5).any(1), 1.0, unknown)


def whole(judge: Judge, episodes: Episodes, reads_source: bool = False) -> NDArray[np.float64]:
    """Raw probabilities after the whole exploration: [B, L]."""
    return _asked(judge.whole, judge, episodes, reads_source)


def calibrated(probability: NDArray[Any], calibration: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply slopes and offsets [L, 2] to raw probabilities [..., L]."""
    return _sigmoid(_log_odds(probability) * calibration[:, 0] + calibration[:, 1])


def _asked(
    question: Callable[[Episodes], NDArray[Any]], judge: Judge, episodes: Episodes, reads_source: bool = False
) -> NDArray[np.float64]:
    """What the judge answers, asked in shards of `ROWS` rows, which keeps answers independent of the grouping."""
    parts = []
    for first in range(0, len(episodes), ROWS):
        real = min(ROWS, len(episodes) - first)
        shard = episodes.rows(np.minimum(np.arange(first, first + ROWS), len(episodes) - 1))
        predicted = np.asarray(question(shard if reads_source else shard.without_tasks()), np.float64)
        if not ((predicted >= 0) & (predicted <= 1)).all():
            raise PluginError(f"{type(judge).__name__}: predict() gives probabilities, but some are not from 0 to 1.")
        parts.append(predicted[:real])
    return np.concatenate(parts)


def _platt(probability: NDArray[Any], target: NDArray[Any]) -> tuple[float, float]:
    """Slope and offset with the least log loss, held to (1, 0) by a prior; left alone where one class is missing."""
    known = ~np.isnan(target)
    x, y = _log_odds(probability[known]), target[known]
    if not 0 < y.sum() < len(y):
        return 1.0, 0.0
    design = np.stack([x, np.ones_like(x)], 1)  # [B, 2]
    start = np.array([1.0, 0.0])
    weights, loss = start, _loss(start, design, y)
    for _ in range(50):  # Newton's method with halved steps; the loss is convex
        p = _sigmoid(design @ weights)
        gradient = design.T @ (p - y) + PRIOR * (weights - start)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + PRIOR * np.eye(2)
        move = np.linalg.solve(curvature, gradient)
        while _loss(weights - move, design, y) > loss and np.abs(move).max() > 1e-9:
            move = move / 2
        weights = weights - move
        loss = _loss(weights, design, y)
        if np.abs(move).max() < 1e-9:
            break
    # A slope of zero or less would turn the judge's ranking round, which a few programs are no reason for.
    return (float(weights[0]), float(weights[1])) if weights[0] > 0.05 else (1.0, 0.0)


def _loss(weights: NDArray[np.float64], design: NDArray[np.float64], y: NDArray[Any]) -> float:
    odds = design @ weights
    return float((np.logaddexp(0, odds) - y * odds).sum() + PRIOR / 2 * ((weights - [1.0, 0.0]) ** 2).sum())


def _risk(probability: NDArray[np.float64], targets: NDArray[Any]) -> float:
    """The highest risk at which the share `RIGHT` of verdicts below it is right."""
    known = ~np.isnan(targets)
    p, y = probability[known], targets[known] > 0.5
    if len(p) == 0:
        return 0.5
    risk, wrong = np.minimum(p, 1 - p), (p >= 0.5) != y
    order = np.argsort(risk, kind="stable")
    share = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share <= 1 - RIGHT)
    if len(good) == 0:
        return MOST_CERTAIN
    last = good[-1]
    return 0.5 if last == len(order) - 1 else float(np.clip(risk[order[last]], MOST_CERTAIN, 0.5))


def _log_odds(probability: NDArray[Any]) -> NDArray[np.float64]:
    p = np.clip(np.asarray(probability, np.float64), LEAST, 1 - LEAST)
    return np.log(p) - np.log1p(-p)


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-np.logaddexp(0, -x))
