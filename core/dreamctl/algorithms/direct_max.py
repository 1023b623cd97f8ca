"""direct-max: exploration rewarded at the end of the trial only, the naive approach of the lecture.

The other parts are those of DREAM (`dream.py`), so the comparison isolates credit assignment:

    r_t = 0 before the last step;  r_T = log q(y | tau) - log q(y) - c T     (grading: the same total as DREAM's)
    r_t = 0 before the last step;  r_T = the execution's return - c T         (control)

For control only those rows teach the explorer that executed on what it had found, half of them, and c is in return.

Liu et al. 2022 call it "direct maximisation" and note that it is RL2 on the grading objective. They pay what the
prediction is worth, 1 where it is right: `--set paid=accuracy`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..learning.gain import information_gain
from ..learning.learner import Learner
from ..records import Problem
from ..simulation.episodes import Episodes
from .dream import Dream
from .dream_grader import DreamGrader, GraderOptions


def direct_max(problem: Problem) -> Learner:
    """End-of-trial reward for either kind of answer."""
    return DirectMax(problem) if problem.environment.answer == "return" else DirectMaxGrader(problem)


class DirectMax(Dream):
    """DREAM's parts, with the execution's return as the explorer's only reward."""

    def reward(self, log_q: NDArray[np.float32], tau: Episodes, execution: Episodes) -> NDArray[np.float32]:
        cost = self.options.cost * tau.mask.sum(1)
        return at_the_end(execution.returns - cost, tau)

    def rewarded(self, knowing: NDArray[np.bool_]) -> NDArray[np.intp]:
        """The rows that executed on what they had explored: the return of the others says nothing about it."""
        return np.flatnonzero(~knowing)


@frozen(kw_only=True)
class DirectMaxOptions(GraderOptions):
    """Settings of direct-max for grading."""

    paid: Literal["likelihood", "accuracy"] = "likelihood"  # for what is believed of the truth, or for right verdicts


class DirectMaxGrader(DreamGrader):
    """DreamGrader's parts, with what the whole exploration has gained paid out at the last step."""

    Options = DirectMaxOptions

    def worth(self, probability: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
        """As in DreamGrader; with `paid=accuracy` the share of the known labels that are told rightly [B, T+1]."""
        if self.options.paid == "likelihood":
            return super().worth(probability, y)
        known = ~np.isnan(y)[:, None]
        right = ((probability > 0.5) == (y > 0.5)[:, None]) & known
        return (right.sum(2) / np.maximum(known.sum(2), 1)).astype(np.float32)

    def reward(self, log_q: NDArray[np.float32], tau: Episodes) -> NDArray[np.float32]:
        return at_the_end(information_gain(log_q, tau, self.options.cost).sum(1), tau)


def at_the_end(total: NDArray[np.floating], tau: Episodes) -> NDArray[np.float32]:
    """Reward [B, T] that is `total` [B] at each row's last step, and 0 before it."""
    steps = np.arange(tau.mask.shape[1])
    last = np.where(tau.mask, steps, -1).max(1)
    return (np.where(steps == last[:, None], total[:, None], 0)).astype(np.float32)
