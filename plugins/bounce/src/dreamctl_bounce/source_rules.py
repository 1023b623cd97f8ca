"""The source rules: a control that decides every label from the program's text.

The labels of the data were made from the text, so this is what a perfect answer looks like, and not what a player can
reach: what a program never shows cannot be found by playing it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Episodes, Problem
from dreamctl.learning import Judge

from .labels import labels


class SourceRules(Judge):
    """Answers each item of the rubric by the rules of `labels.py`; it learns nothing and looks at no episode."""

    def __init__(self, problem: Problem) -> None:
        assert problem.rubric is not None
        self.rubric = problem.rubric

    def learn(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        return {}

    def predict(self, episodes: Episodes) -> NDArray[np.float32]:
        assert episodes.tasks is not None  # a classifier with `reads_source` is given them
        rows = [[item.truth(labels(task.params)) for item in self.rubric.items] for task in episodes.tasks]
        return np.array(rows, np.float32)

    def state(self) -> dict[str, Any]:
        return {}

    def load(self, state: Mapping[str, Any]) -> None:
        pass
