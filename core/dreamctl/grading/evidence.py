"""Where in an exploration the belief in an item moved most towards its verdict."""

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

    A judge of prefixes says where its belief rose most. A pooled one is asked about prefixes: first those that end
    with an episode, then, within the one that raised its belief most, ever closer by halves.
    """
    if not pairs:
        return {}
    if judge.judge.prefixes:
        steps = _greatest_rise(judge, episodes, pairs)
    else:
        ends = _episode_ends(episodes)
        beliefs = np.stack([judge.probabilities(cut(episodes, at)) for at in ends.T], 1)
        some = (pairs[first : first + ROWS] for first in range(0, len(pairs), ROWS))
        steps = np.concatenate([_searched(judge, episodes, ends, beliefs, part) for part in some])
    return {pair: _place(episodes, pair[0], int(step)) for pair, step in zip(pairs, steps, strict=True)}


def _greatest_rise(judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """The position [pairs] in T after which the belief in the item was raised most."""
    rise = np.diff(judge.beliefs(episodes), axis=1)  # [B, T, L]
    rise = np.where(episodes.valid[:, 1:, None], rise, -np.inf)
    return np.array([rise[row, :, item].argmax() for row, item in pairs])


def _searched(
    judge: FittedJudge,
    episodes: Episodes,
    ends: NDArray[np.intp],
    beliefs: NDArray[np.float64],
    pairs: Sequence[tuple[int, int]],
) -> NDArray[np.intp]:
    """The same for a judge of whole explorations: the episode of the greatest rise, then its half, and so on.

    `ends` [B, E+1]: prefixes that end with an episode; `beliefs` [B, E+1, L]: what the judge makes of them.
    """
    row, item = np.array(pairs).T
    rows, every = episodes.rows(row), np.arange(len(pairs))
    at, belief = ends[row], beliefs[row, :, item]  # [pairs, E+1]
    best = np.diff(belief, axis=1).argmax(1)
    low, high = at[every, best], at[every, best + 1]
    below, above = belief[every, best], belief[every, best + 1]
    while (high - low > 1).any():
        middle = (low + high) // 2
        between = judge.probabilities(cut(rows, middle))[every, item]
        first = between - below >= above - between
        low, below = np.where(first, low, middle), np.where(first, below, between)
        high, above = np.where(first, middle, high), np.where(first, between, above)
    return low


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
