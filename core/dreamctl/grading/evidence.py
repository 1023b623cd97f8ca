"""Where in an exploration the evidence for an item is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..records import Evidence
from ..runs.judging import FittedJudge
from ..runs.play import ROWS
from ..simulation.episodes import Episodes, cut


def find_evidence(
    judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], Evidence]:
    """Evidence that an item is present, for (row, item) pairs.

    It is the step with the sign that speaks for the item most (`learning/signs.py`). Where a run has no signs, it is
    where belief rose most: a judge of prefixes says that itself; a pooled one is asked about prefixes, first those that
    end with an episode, then, within the one that raised its belief most, ever closer by halves.
    """
    if not pairs:
        return {}
    if judge.signs is not None:
        seen = judge.signs.strongest(episodes, pairs)
        return {pair: _seen_at(episodes, pair[0], int(at)) for pair, at in zip(pairs, seen, strict=True)}
    steps = (_greatest_rise if judge.judge.prefixes else _searched)(judge, episodes, pairs)
    return {pair: _place(episodes, pair[0], int(step)) for pair, step in zip(pairs, steps, strict=True)}


def _seen_at(episodes: Episodes, row: int, at: int) -> Evidence:
    """The step that led to observation `at`; the start of an episode is its first moment."""
    return _place(episodes, row, max(at - 1, 0))


def _greatest_rise(judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """The position [pairs] in T after which the belief in the item was raised most."""
    rise = np.diff(judge.beliefs(episodes), axis=1)  # [B, T, L]
    rise = np.where(episodes.valid[:, 1:, None], rise, -np.inf)
    return np.array([rise[row, :, item].argmax() for row, item in pairs])


def _searched(judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """The same for a judge of whole explorations: the episode of the greatest rise, then its half, and so on."""
    row, item = np.array(pairs).T
    distinct, own = np.unique(row, return_inverse=True)
    ends = _episode_ends(episodes)[distinct]  # [distinct, E+1]
    after = _asked(judge, episodes, np.repeat(distinct, ends.shape[1]), ends.ravel())
    belief = after.reshape(*ends.shape, -1)[own, :, item]  # [pairs, E+1]
    every, best = np.arange(len(pairs)), np.diff(belief, axis=1).argmax(1)
    low, high = ends[own, best], ends[own, best + 1]
    below, above = belief[every, best], belief[every, best + 1]
    while (high - low > 1).any():
        middle = (low + high) // 2
        between = _asked(judge, episodes, row, middle)[every, item]
        first = between - below >= above - between
        low, below = np.where(first, low, middle), np.where(first, below, between)
        high, above = np.where(first, middle, high), np.where(first, between, above)
    return low


def _asked(judge: FittedJudge, episodes: Episodes, rows: NDArray[np.intp], at: NDArray[np.intp]) -> NDArray[np.float64]:
    """What the judge makes of the first `at` [N] steps of `rows` [N]: [N, L]; equal prefixes are asked about once."""
    prefixes, which = np.unique(np.stack([rows, at], 1), axis=0, return_inverse=True)
    beliefs = []
    for first in range(0, len(prefixes), ROWS):  # no more at a time, or copies of explorations would fill the memory
        row, end = prefixes[first : first + ROWS].T
        beliefs.append(judge.probabilities(cut(episodes.rows(row), end)))
    return np.concatenate(beliefs)[which.ravel()]


def _episode_ends(episodes: Episodes) -> NDArray[np.intp]:
    """Prefixes that end where an episode does, from none to all E of them: positions [B, E+1]."""
    numbers = range(int(episodes.episode.max()) + 1)
    ends = [((episodes.episode <= number) & episodes.valid).sum(1) - 1 for number in numbers]
    return np.stack([np.zeros(len(episodes), np.intp), *ends], 1)


def _place(episodes: Episodes, row: int, position: int) -> Evidence:
    """Position in T -> episode, and step within it; a reset between two episodes is the new one's first moment."""
    episode = int(episodes.episode[row, position + 1]) if position + 1 < episodes.episode.shape[1] else 0
    before = episodes.episode[row, 1 : position + 1] == episode
    return Evidence(episode=episode, step=int((before & episodes.mask[row, :position]).sum()))
