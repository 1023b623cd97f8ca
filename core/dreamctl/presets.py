"""What worlds of a kind have in common: settings for `Environment.settings`, and an optimum. Importing it is light."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve

if TYPE_CHECKING:
    from .records import Environment, TaskSet

# For `dream` and its kind, where a task is only of use together with what is asked for, and much of what one may do is
# costly or leads nowhere: docs/algorithms/dream.md, "Cities and kitchens", says what each is worth.
APART: Mapping[str, Any] = {
    "steps": 3_000_000,
    "batch": 256,
    "hidden": 64,
    "learning_rate": 0.001,
    "executor": "feedforward",
    "execution_discount": 0.9,
    "execution_lambda": 0.5,
    "epochs": 4,
    "minibatches": 8,
    "noisy": 0.5,
    "noise": 0.9,
    "departing": True,
    "cut": True,
    "best": True,
    "decoder_rate": 0.003,
    "decoder_minibatches": 16,
    "replayed": 3.0,
    "whole": 1.0,
}


def enumerated(environment: Environment) -> Environment:
    """The same environment, small enough that its best returns are computed: `optimum`, and what is `uninformed`."""

    def optimum(tasks: TaskSet) -> float:
        from .learning import best_return

        return best_return(environment, tasks.test)

    def uninformed(tasks: TaskSet) -> float:
        from .learning import best_return

        return best_return(environment, tasks.test, exploring=False)

    return evolve(environment, optimum=optimum, uninformed=uninformed)
