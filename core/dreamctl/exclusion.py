"""Which items of a rubric stand, where one that is present makes others absent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def settled(
    present: NDArray[np.bool_], probability: NDArray[np.floating], excludes: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Those of the `present` [B, L] items that stand; `excludes` [L, L]: the row's item excludes the column's.

    An item is struck by one that stands and excludes it. Of two that exclude each other the more probable one stands,
    and of equally probable ones the first.
    """
    stands = present.copy()
    in_conflict = present & (present.astype(np.int64) @ excludes > 0)  # [B, L]
    for row in np.flatnonzero(in_conflict.any(1)):
        stands[row] = False
        stands[row, _standing(np.flatnonzero(present[row]), probability[row], excludes)] = True
    return stands


def _standing(present: NDArray[np.intp], probability: NDArray[np.floating], excludes: NDArray[np.bool_]) -> list[int]:
    left = sorted(present.tolist(), key=lambda item: -probability[item])
    standing: list[int] = []
    while left:
        # Where the rubric goes round in a circle nobody is free, and the most probable item stands.
        item = next((i for i in left if not any(_strikes(j, i, left, excludes) for j in left)), left[0])
        standing.append(item)
        left = [other for other in left if other != item and not (excludes[item, other] or excludes[other, item])]
    return standing


def _strikes(one: int, other: int, order: list[int], excludes: NDArray[np.bool_]) -> bool:
    mutual = bool(excludes[other, one])
    return bool(excludes[one, other]) and (not mutual or order.index(one) < order.index(other))
