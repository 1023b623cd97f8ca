"""The `constant` classifier: a control that looks at nothing and says of every program how common each item is.

q(y_l) = share of the training programs in which item l is present
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..learning.gain import base_rates
from ..learning.learner import Judge, State
from ..learning.options import CLASSIFIER, from_problem
from ..learning.trials import sample_tasks
from ..records import Problem
from ..simulation.episodes import Episodes


@frozen(kw_only=True)
class ConstantOptions:
    """There is nothing to set."""


class Constant(Judge):
    """The base rates of the training programs, 0.5 for an item that is known of none."""

    def __init__(self, problem: Problem) -> None:
        assert problem.rubric is not None
        from_problem(ConstantOptions, problem, CLASSIFIER)
        self.rates = np.nan_to_num(base_rates(problem.rubric.targets(sample_tasks(problem))), nan=0.5)  # [L]

    def learn(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        return {}

    def predict(self, episodes: Episodes) -> NDArray[np.float32]:
        return np.repeat(self.rates[None].astype(np.float32), len(episodes), 0)

    def state(self) -> State:
        return {"rates": self.rates}

    def load(self, state: State) -> None:
        self.rates = np.asarray(state["rates"])
