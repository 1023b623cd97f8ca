"""Where in an exploration the evidence for an item is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..learning.events import columns, flat
from ..records import Environment, Evidence, Rubric
from ..runs.judging import FittedJudge
from ..runs.play import ROWS
from ..simulation.episodes import Episodes, cut

Shown = Mapping[int, NDArray[np.intp]]  # by an item's number, the components of an observation in which it shows


def shown_by(environment: Environment, rubric: Rubric) -> Shown:
    """Where the items of a rubric show, as far as the environment says so."""
    named = environment.shown_by
    found = {
        number: [name for label in item.made_of for name in named.get(label, ())]
        for number, item in enumerate(rubric.items)
    }
    return {number: columns(environment, names) for number, names in found.items() if names}


def find_evidence(
    judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]], shown: Shown | None = None
) -> dict[tuple[int, int], Evidence]:
    """Evidence that an item is present, for (row, item) pairs.

    It is where the item is `shown` most, if that is known and it is; else the step with the sign that speaks for it
    most (`learning/signs.py`). Where a run has no signs, it is where belief rose most: a judge of prefixes says that
    itself; a pooled one is asked about prefixes, first those that end with an episode, then, within the one that raised
    its belief most, ever closer by halves.
    """
    known = {pair: _greatest(episodes, pair[0], (shown or {})[pair[1]]) for pair in pairs if pair[1] in (shown or {})}
    placed = {pair: _seen_at(episodes, pair[0], at) for pair, at in known.items() if at}
    return placed | _learned(judge, episodes, [pair for pair in pairs if pair not in placed])


def frame_of(
    judge: FittedJudge, item: int, before: NDArray[Any], seen: NDArray[Any], action: int, shown: Shown
) -> int | None:
    """The frame of a step in which an item showed: since when what tells it has been as it is at the end of the step.

    `before` [*O] is what was observed before the step, `seen` [N, *O] what would have been after each of its frames.
    None where nothing tells it, or where it is that nothing happened.
    """
    if item in shown and flat(seen, 1)[-1, shown[item]].max() > 0:
        told = flat(seen, 1)[:, shown[item]].max(1)
    elif judge.signs is not None:
        told = judge.signs.told(before, seen, action, item)
    else:
        return None
    other = np.flatnonzero(told != told[-1])
    if len(other):
        return int(other[-1]) + 1
    return 0 if told[-1] != 0 else None


def _greatest(episodes: Episodes, row: int, components: NDArray[np.intp]) -> int:
    """The first observation after a step in which one of some components is greatest; 0 if none is ever above 0."""
    seen = flat(episodes.observation[row], 1)[1:, components].max(1)  # [T]
    seen = np.where(episodes.mask[row], seen, 0)
    return int(seen.argmax()) + 1 if seen.max() > 0 else 0


def _learned(
    judge: FittedJudge, episodes: Episodes, pairs: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], Evidence]:
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
