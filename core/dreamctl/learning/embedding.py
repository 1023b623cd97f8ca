"""Tasks as networks are told of them in training: by identifier, embedded."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..errors import UsageError
from ..records import Problem, Task


class TaskEncoder(nn.Module):
    """f(mu): one embedding table per component of the identifier, summed: [B, K] -> [B, Z].

    Each table begins with normal numbers of standard deviation `spread`.
    """

    def __init__(self, sizes: Sequence[int], z: int, spread: float = 0.25) -> None:
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(size, z) for size in sizes)
        for table in self.tables:
            nn.init.normal_(table.weight, std=spread)

    def forward(self, identifier: Tensor) -> Tensor:
        return torch.stack([table(identifier[:, i]) for i, table in enumerate(self.tables)]).sum(0)


def identifiers(tasks: Sequence[Task]) -> Tensor:
    """The tasks' identifiers: int64 [B, K]."""
    return torch.as_tensor([task.identifier for task in tasks], dtype=torch.int64)


def identifier_sizes(problem: Problem, who: str = "DREAM") -> list[int]:
    """How many values each component of the training tasks' identifiers takes; `who` asks, for the error."""
    tasks = problem.tasks.train
    lengths = {len(task.identifier) for task in tasks}
    if len(lengths) != 1 or 0 in lengths:
        came = "some of several lengths" if len(lengths) > 1 else "none"
        raise UsageError(
            f"{problem.environment.name}: {who} embeds tasks by their identifiers, so the training tasks have to be "
            f"listed, each with an identifier of the same length (got {came}); give every Task an 'identifier'."
        )
    return [int(n) + 1 for n in identifiers(tasks).amax(0)]
