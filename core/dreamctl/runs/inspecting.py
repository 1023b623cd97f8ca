"""What is plain to see of programs before they are played, and so overrules the judge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import PluginError
from ..records import Environment, Inspection, Rubric, Task
from .judging import LEAST


def inspections(environment: Environment, tasks: Sequence[Task]) -> list[Inspection]:
    """What is plain to see of each task; nothing where the environment does not inspect."""
    if environment.inspect is None:
        return [Inspection()] * len(tasks)
    found = list(environment.inspect([task.params for task in tasks]))
    if len(found) != len(tasks):
        raise PluginError(
            f"{environment.name}: inspect() gives an Inspection for each of {len(tasks)} programs (got {len(found)})."
        )
    return found


def overruled(probability: NDArray[np.float64], found: Sequence[Inspection], rubric: Rubric) -> NDArray[np.float64]:
    """Probabilities [B, L] of the rubric's items, certain where the inspection [B] is."""
    truth = np.array([[item.truth(each.labels) for item in rubric.items] for each in found])
    truth = truth.reshape(len(found), len(rubric.items))  # [B, L] NaN where it says nothing
    return np.where(np.isnan(truth), probability, np.clip(truth, LEAST, 1 - LEAST))
