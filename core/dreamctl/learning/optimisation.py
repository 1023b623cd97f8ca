"""Adam with a clipped gradient and a learning rate that falls over the budget: the one optimiser of every learner."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor, nn

from .learner import State

LAST = 0.1  # the learning rate ends at this share of its start


def dealt(rows: int, parts: int) -> list[slice]:
    """Rows dealt out like cards to `parts` minibatches, or to fewer where there are fewer rows: none is empty."""
    return [slice(first, rows, parts) for first in range(min(parts, rows))]


class Optimiser:
    """Minimises a loss over the parameters of `modules`."""

    def __init__(self, modules: Sequence[nn.Module], learning_rate: float, clip: float) -> None:
        self.parameters = [p for module in modules for p in module.parameters()]
        self.learning_rate, self.clip = learning_rate, clip

    @cached_property
    def adam(self) -> torch.optim.Adam:
        """Made when it is needed: it takes a second, and who only plays or judges never needs it."""
        return torch.optim.Adam(self.parameters, lr=self.learning_rate, eps=1e-5, fused=True)

    def step(self, loss: Tensor, progress: float = 0.0) -> None:
        """One step down `loss`; `progress` in [0, 1] is how much of the budget is spent."""
        self.adam.param_groups[0]["lr"] = self.learning_rate * (1 - (1 - LAST) * min(progress, 1.0))
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, self.clip)
        self.adam.step()

    @property
    def steps(self) -> int:
        """Steps taken so far: of the parameter that took the most, since a loss may not reach all of them."""
        return max((int(entry["step"]) for entry in self._moments().values()), default=0)

    def state(self) -> State:
        """Adam's moments and step counts, by the parameter's place."""
        return {f"{index}.{name}": value for index, entry in self._moments().items() for name, value in entry.items()}

    def load(self, state: State) -> None:
        """Take over `state()`."""
        entries: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            index, name = key.split(".", 1)
            entries.setdefault(int(index), {})[name] = value
        if not entries:
            self.__dict__.pop("adam", None)
            return
        self.adam.load_state_dict({**self.adam.state_dict(), "state": entries})

    def _moments(self) -> dict[int, dict[str, Tensor]]:
        moments: dict[int, dict[str, Tensor]] = self.adam.state_dict()["state"] if "adam" in self.__dict__ else {}
        return moments
