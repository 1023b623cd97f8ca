"""Where in an exploration the belief in an item moved most towards its verdict."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from ..records import Evidence
from ..runs.judging import FittedJudge
from ..runs.play import ROWS
from ..simulation.episodes import Episodes

RUNGS = 8  # a pooled judge is asked about so many prefixes, then about so many between the two that differ most


def find_evidence(
    judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], Evidence]:
    """Evidence that an item is present, for (row, item) pairs.

    A judge of prefixes says where its belief rose most. A pooled one is asked about prefixes of growing length, first
    at ends of episodes, then ever closer around the greatest rise.
    """
    if not pairs:
        return {}
    if judge.judge.prefixes:
        steps = _greatest_rise(judge, episodes, pairs)
    else:
        steps = np.concatenate([_searched(judge, episodes, pairs[n : n + ROWS]) for n in range(0, len(pairs), ROWS)])
    return {pair: _place(episodes, pair[0], int(step)) for pair, step in zip(pairs, steps, strict=True)}


def cut(episodes: Episodes, at: NDArray[np.intp]) -> Episodes:
    """The first `at` [B] positions of each row's exploration, with padding in place of the rest."""
    length = episodes.mask.shape[1]
    gone = np.arange(length) >= at[:, None]  # [B, T]
    held = np.minimum(np.arange(length + 1), at[:, None])  # [B, T+1]
    rows = np.arange(len(episodes))[:, None]
    return attrs.evolve(
        episodes,
        observation=episodes.observation[rows, held],
        action=np.where(gone, -1, episodes.action),
        reward=np.where(gone, np.float32(0), episodes.reward),
        terminated=episodes.terminated & ~gone,
        mask=episodes.mask & ~gone,
        episode=episodes.episode[rows, held],
    )


def _greatest_rise(judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """The position [pairs] in T after which the belief in the item was raised most."""
    rise = np.diff(judge.beliefs(episodes), axis=1)  # [B, T, L]
    rise = np.where(episodes.valid[:, 1:, None], rise, -np.inf)
    return np.array([rise[row, :, item].argmax() for row, item in pairs])


def _searched(judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """The same for a judge of whole explorations, by halving the interval of the greatest rise in `RUNGS` parts."""
    row, item = np.array(pairs).T
    rows = episodes.rows(row)
    low, high = np.zeros(len(pairs), np.intp), rows.valid.sum(1) - 1  # [pairs]
    every = np.arange(len(pairs))
    rungs = _episode_ends(rows)
    while True:
        belief = np.stack([judge.probabilities(cut(rows, at))[every, item] for at in rungs], 1)  # [pairs, rungs]
        best = np.diff(belief, axis=1).argmax(1)
        low, high = (np.stack(rungs, 1)[every, best + n] for n in (0, 1))
        if (high - low <= 1).all():
            return low
        rungs = [low + (high - low) * n // RUNGS for n in range(RUNGS + 1)]


def _episode_ends(episodes: Episodes) -> list[NDArray[np.intp]]:
    """Prefixes that end where an episode does, from none to all of them: positions [B] each."""
    last = episodes.valid.sum(1) - 1
    counts = [((episodes.episode <= e) & episodes.valid).sum(1) - 1 for e in range(int(episodes.episode.max()) + 1)]
    return [np.zeros_like(last), *counts] if len(counts) > 1 else [last * n // RUNGS for n in range(RUNGS + 1)]


def _place(episodes: Episodes, row: int, position: int) -> Evidence:
    """Position in T -> episode, and step within it; a reset between two episodes is the new one's first moment."""
    episode = int(episodes.episode[row, position + 1]) if position + 1 < episodes.episode.shape[1] else 0
    before = episodes.episode[row, 1 : position + 1] == episode
    return Evidence(episode=episode, step=int((before & episodes.mask[row, :position]).sum()))
