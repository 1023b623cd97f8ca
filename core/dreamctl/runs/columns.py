"""The items of a rubric, told from the columns of a judge that was trained with another."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..errors import UsageError
from ..records import Item, Rubric


@frozen(eq=False)
class Columns:
    """For each item of `rubric`, the judge's columns that it is made of: it is present if any of them is."""

    rubric: Rubric
    of_item: tuple[tuple[int, ...], ...]

    def probabilities(self, judged: NDArray[np.float64]) -> NDArray[np.float64]:
        """The items' probabilities [B, L] from the judge's [B, its items], taken as independent of each other."""
        return np.stack([_any(judged[:, list(columns)]) for columns in self.of_item], 1)


def columns_of(rubric: Rubric, judged: Rubric) -> Columns:
    """How `rubric` is told by a judge that was trained with `judged`; UsageError for an item that it cannot tell."""
    return Columns(rubric, tuple(_columns(item, judged) for item in rubric.items))


def _columns(item: Item, judged: Rubric) -> tuple[int, ...]:
    wanted = set(item.made_of)
    told = [set(column.made_of) for column in judged.items]
    if wanted in told:
        return (told.index(wanted),)
    columns = tuple(i for i, labels in enumerate(told) if labels <= wanted)
    missing = wanted.difference(*(told[i] for i in columns))
    if missing:
        raise UsageError(
            f"Rubric item '{item.key}': this run's judge does not tell '{min(missing)}'; "
            f"it tells {', '.join(judged.keys)}."
        )
    return columns


def _any(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    return probability[:, 0] if probability.shape[1] == 1 else 1 - np.prod(1 - probability, 1)
