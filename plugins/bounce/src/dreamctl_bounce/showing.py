"""What play shows of a program: an exact log of every moment at which a fact about it can be seen.

Each step of a play in which a fact's event happens is played once more, from the same state, by the nearest program in
which the fact is the other way round. If what is seen differs, the fact shows in that step. If it never differs, that
other program would have given the very same play, so nobody can tell. Chance is held still in both, so that another
number of draws is not taken for something seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Episodes, Task, keys

from .facts import FACTS, OF_LABEL
from .fast import GAME, FastBounce, Pool, play, start
from .labels import LABELS
from .programs import Program
from .rules import AT, GOAL, LEFT, MISS, PADDLE, RIGHT, RUN, SCORE_LIMIT, WALL

COUNTED = {LEFT: "left", RIGHT: "right", PADDLE: "paddle", WALL: "wall", GOAL: "goal", MISS: "miss"}
EVENT = np.array([fact.event for fact in FACTS])  # [F]
COLUMN = np.array([AT[COUNTED[event]] if event in COUNTED else 0 for event in EVENT])  # [F] in an observation


def complaints(labels: Sequence[str], programs: Sequence[Program]) -> NDArray[np.bool_]:
    """Which facts [B, L, F] each of `labels` complains of in each program, whether or not other labels hide it."""
    values = values_of(programs)
    wrong = np.zeros((len(programs), len(labels), len(FACTS)), bool)
    for number, label in enumerate(labels):
        for fact, value in OF_LABEL[label]:
            wrong[:, number, fact] = values[:, fact] == value
    return wrong


def values_of(programs: Sequence[Program]) -> NDArray[np.bool_]:
    """Whether each fact is so in each program: [B, F]."""
    return np.array([[fact.so(program) for fact in FACTS] for program in programs]).reshape(-1, len(FACTS))


def moments(tasks: Sequence[Task], episodes: Episodes, score_limit: int = SCORE_LIMIT) -> NDArray[np.bool_]:
    """Where each label that is present shows in plays of the tasks' programs: [B, T+1, L], in the order of `LABELS`.

    True at the observations in which the faulty reaction is seen, or its being missing; a play may hold many.
    """
    programs = [task.params for task in tasks]
    truth = np.array([[task.labels.get(label, False) for label in LABELS] for task in tasks])
    wrong = complaints(LABELS, programs) & truth[..., None]  # [B, L, F]
    shows = Watcher(programs, score_limit).shows(episodes, wrong.any(1))
    return np.einsum("btf,blf->btl", shows, wrong)


class Watcher:
    """Says what plays of these programs show; the programs are those of the rows, in order."""

    def __init__(self, programs: Sequence[Program], score_limit: int = SCORE_LIMIT) -> None:
        self.programs, self.score_limit = programs, score_limit
        self.pool = Pool()
        self.own = self.pool.code(programs)  # [B, words of code]
        self.opposites: dict[tuple[int, int], Program] = {}  # (row, fact) -> program

    def shows(self, episodes: Episodes, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Where each of the `wanted` [B, F] facts shows: [B, T+1, F], true at the observation that it shows in.

        `episodes` are plays of the programs; they are played again from their seeds and actions.
        """
        row, fact = np.nonzero(wanted)  # the pairs [N] that are watched
        code = self._opposite_code(row, fact)
        at_start = EVENT[fact] == RUN
        simulator = FastBounce(len(self.programs), self.score_limit)
        out = np.zeros((*episodes.episode.shape, len(FACTS)), bool)
        for t in range(out.shape[1]):
            stepped = episodes.mask[:, t - 1] if t > 0 else np.zeros(len(self.programs), bool)
            if stepped.any():
                before, actions = simulator.games.copy(), episodes.action[:, t - 1]
                observation = simulator.step(actions).observation
                n = np.flatnonzero(stepped[row] & ~at_start & (observation[row, COLUMN[fact]] > 0))
                b = row[n]
                games = before[b]
                out[b, t, fact[n]] = self._differ(
                    self._stepped(games, self.own[b], actions[b]), self._stepped(games, code[n], actions[b])
                )
            began = np.flatnonzero(episodes.starts[:, t] & episodes.valid[:, t])
            if len(began):
                seeds = keys(episodes.seeds[began], episodes.episode[began, t])
                simulator.reset([self.programs[b] for b in began], seeds, began)
                n = np.flatnonzero(np.isin(row, began) & at_start)
                b = row[n]
                games = simulator.games[b]
                out[b, t, fact[n]] = self._differ(self._started(games, self.own[b]), self._started(games, code[n]))
        return out

    def _opposite_code(self, row: NDArray[np.intp], fact: NDArray[np.intp]) -> NDArray[np.int32]:
        pairs = list(zip(row.tolist(), fact.tolist(), strict=True))
        for b, f in pairs:
            if (b, f) not in self.opposites:
                self.opposites[b, f] = FACTS[f].opposite(self.programs[b])
        return self.pool.code([self.opposites[pair] for pair in pairs])

    def _stepped(
        self, games: NDArray[Any], code: NDArray[np.int32], actions: NDArray[np.int64]
    ) -> tuple[NDArray[Any], ...]:
        """Observation, reward and end of one step of `games` [N] under other code."""
        forked = self._forked(games, code)
        seen = np.empty((len(games), games["seen"].shape[1]), np.int16)
        reward, over = np.empty(len(games), np.float32), np.zeros(len(games), bool)
        play(actions, forked, self.pool.words, self.score_limit, seen, reward, over)
        return seen, reward, over

    def _started(self, games: NDArray[Any], code: NDArray[np.int32]) -> tuple[NDArray[Any], ...]:
        forked = self._forked(games, code)
        seen = np.empty((len(games), games["seen"].shape[1]), np.int16)
        start(np.arange(len(games)), forked, self.pool.words, self.score_limit, seen)
        return (seen,)

    @staticmethod
    def _forked(games: NDArray[Any], code: NDArray[np.int32]) -> NDArray[Any]:
        forked = games.astype(GAME, copy=True)
        forked["code"], forked["stride"] = code, 0
        return forked

    @staticmethod
    def _differ(a: tuple[NDArray[Any], ...], b: tuple[NDArray[Any], ...]) -> NDArray[np.bool_]:
        return np.any([(x != y).any(tuple(range(1, x.ndim))) for x, y in zip(a, b, strict=True)], 0)
