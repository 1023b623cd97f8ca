"""Signs: what is seen in single steps of programs with a fault, and not in others. They place evidence.

A sign is the set of events that happened in a step (each once, or more often), one outcome, and whether that fell,
stayed or rose: "the ball hit the wall, nothing else happened, and the own score rose". At the start of an episode it is
a total, and whether it is below, at or above its usual value. An exploration has a sign or has it not. A logistic
regression per item, held to small weights, says how much each sign speaks for the item when all are weighed together,
so that what merely comes along with a fault is explained away. The evidence for an item is the first step with the sign
that speaks for it most: looking it up costs microseconds, and asks no judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from .. import random
from ..compiled import compiled
from ..records import Environment
from ..simulation.episodes import Episodes
from .events import Reading, flat, names

WAYS = 3  # an outcome falls, stays, rises
NONE = 3  # a column that says nothing here: totals in a step, outcomes at a start
PADDING, START = 0, 1  # in place of a set of events
MOST = 8192  # explorations that are learned from
WIDEST = 256  # outcomes of a step; with more, pictures say, signs are not looked for
LEAST = 5  # explorations in which a sign, or an item, has to be there to be learned about
SHARED = 0.05  # C of the regression: the smaller, the more do signs that come together share their weight


@frozen(eq=False)
class Signs:
    """How much each sign speaks for each item. A sign is numbered (set * columns + column) * 3 + way."""

    environment: Environment
    sets: NDArray[np.uint64]  # [S] codes of sets of events, sorted
    usual: NDArray[np.float32]  # [M] totals at the start of an episode
    known: NDArray[np.int32]  # [K] numbers of the signs that have weights, sorted
    weight: NDArray[np.float32]  # [K, L]

    def state(self) -> dict[str, NDArray[Any]]:
        """As arrays to be stored; half precision is enough for weights."""
        return {"sets": self.sets, "usual": self.usual, "known": self.known, "weight": self.weight.astype(np.float16)}

    @classmethod
    def from_state(cls, environment: Environment, state: Mapping[str, Any]) -> Signs:
        """What `state` gave."""
        arrays = {name: np.asarray(state[name]) for name in ("sets", "usual", "known")}
        return cls(environment, **arrays, weight=np.asarray(state["weight"]).astype(np.float32))

    def strongest(self, episodes: Episodes, pairs: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
        """For (row, item) pairs, the observation in T+1 that speaks for the item most, the first of equals: [pairs]."""
        row, item = np.array(pairs, np.intp).reshape(-1, 2).T
        rows, own = np.unique(row, return_inverse=True)
        codes, ways = _looked_at(self.environment, episodes.rows(rows), self.usual)
        out = np.zeros(len(row), np.intp)
        _strongest(self._place(codes), ways, self._which(ways.shape[2]), self.weight, own.ravel(), item, out)
        return out

    def told(self, before: NDArray[Any], seen: NDArray[Any], action: int, item: int) -> NDArray[np.float32]:
        """The outcome of a step whose sign speaks for an item most, as it was after each of the step's frames: [N].

        `before` [*O] is what was observed before the step, `seen` [N, *O] what would have been after each frame.
        """
        first = np.repeat(flat(before[None], 1), len(seen), 0)
        actions, rewards = np.full(len(seen), action), np.zeros(len(seen), np.float32)
        events, outcomes, _ = Reading.of(self.environment).steps(first, flat(seen, 1), actions, rewards)
        which = self._which(len(self.usual) + outcomes.shape[1])[self._place(_codes(events[-1:, None])[0])[0]]
        sign = which[np.arange(outcomes.shape[1]), (np.sign(outcomes[-1]) + 1).astype(int)]  # [D] rows of `weight`
        return outcomes[:, np.where(sign >= 0, self.weight[sign, item], -np.inf).argmax()]

    def _place(self, codes: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Where sets of events are among those that are known; -1 for others."""
        place = np.minimum(np.searchsorted(self.sets, codes), len(self.sets) - 1)
        return np.where(self.sets[place] == codes, place, -1)

    def _which(self, columns: int) -> NDArray[np.int32]:
        """The row of `weight` that each sign has, by set, column and way; -1 for none."""
        which = np.full((len(self.sets), columns, WAYS), -1, np.int32)
        which.reshape(-1)[self.known] = np.arange(len(self.known))
        return which


class SignsSeen:
    """The signs of explorations, collected until weights are fitted."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.usual: NDArray[np.float32] | None = None
        self.order: dict[int, int] = {}  # code of a set of events -> when it was first seen
        self.rows: list[NDArray[np.int32]] = []
        self.signs: list[NDArray[np.int32]] = []  # numbered with sets in the order in which they were first seen
        self.truth: list[NDArray[np.float32]] = []
        self.columns = self.explorations = 0

    def take(self, episodes: Episodes, targets: NDArray[np.float32]) -> None:
        """Take in explorations, and what is true of their programs [B, L]; what comes after the first `MOST` is not."""
        if self.explorations >= MOST or len(names(self.environment)[1]) > WIDEST:
            return
        if self.usual is None:
            first = Reading.of(self.environment).totals_of(flat(episodes.observation, 2)[:, 0])
            self.usual = np.median(first, axis=0).astype(np.float32)
        codes, ways = _looked_at(self.environment, episodes, self.usual)
        self.columns = ways.shape[2]
        sets, place = np.unique(codes, return_inverse=True)
        seen = np.zeros((len(episodes), len(sets), ways.shape[2], WAYS), bool)
        _mark(np.where(codes == PADDING, -1, place.reshape(codes.shape)), ways, seen)
        row, here, column = np.nonzero(seen.reshape(len(seen), len(sets), -1))
        order = np.array([self.order.setdefault(code, len(self.order)) for code in sets.tolist()])
        self.rows.append((row + self.explorations).astype(np.int32))
        self.signs.append((order[here] * ways.shape[2] * WAYS + column).astype(np.int32))
        self.truth.append(targets)
        self.explorations += len(episodes)

    def fit(self) -> Signs | None:
        """The weights of the signs that were seen often enough; None if none was."""
        if self.usual is None:
            return None
        from scipy.sparse import csr_matrix

        codes = np.array(list(self.order), np.uint64)
        columns = self.columns * WAYS
        rank = np.argsort(np.argsort(codes))  # order first seen -> place among the sorted
        signs = np.concatenate(self.signs)
        signs = rank[signs // columns] * columns + signs % columns
        known, index, times = np.unique(signs, return_inverse=True, return_counts=True)
        often = times >= LEAST
        if not often.any():
            return None
        rows = np.concatenate(self.rows)[often[index]]
        place = (np.cumsum(often) - 1)[index[often[index]]]
        x = csr_matrix((np.ones(len(rows)), (rows, place)), (self.explorations, int(often.sum())))
        weight = np.stack([_weights(x, y) for y in np.concatenate(self.truth).T], 1)
        return Signs(self.environment, np.sort(codes), self.usual, known[often].astype(np.int32), weight)


def _weights(x: Any, y: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much having each sign of `x` [N, K] speaks for `y` [N], compared with explorations of other programs: [K].

    That is w (1 - E[x]), what the sign adds to the log odds beyond what it adds on average (Lundberg and Lee 2017, for
    linear models): one that nearly every program has points at nothing.
    """
    from sklearn.linear_model import LogisticRegression

    told = np.flatnonzero(~np.isnan(y))
    present = y[told] > 0.5
    if not LEAST <= present.sum() <= len(present) - LEAST:
        return np.zeros(x.shape[1], np.float32)
    model = LogisticRegression(C=SHARED, solver="liblinear", random_state=0).fit(x[told], present)
    usual = np.asarray(x[told[~present]].mean(0)).ravel()
    return (model.coef_[0] * (1 - usual)).astype(np.float32)


def _looked_at(
    environment: Environment, episodes: Episodes, usual: NDArray[np.float32]
) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """Of each observation, the code of its set of events [B, T+1], and the way of each column [B, T+1, C]."""
    reading, seen = Reading.of(environment), flat(episodes.observation, 2)
    events, outcomes, _ = reading.steps(seen[:, :-1], seen[:, 1:], episodes.action, episodes.reward)
    starts = episodes.starts & episodes.valid
    codes = np.full(starts.shape, PADDING, np.uint64)
    codes[:, 1:] = np.where(episodes.mask, _codes(events), np.uint64(PADDING))
    codes[starts] = START
    d = outcomes.shape[2]
    totals = reading.totals_of(seen)
    ways = np.full((*starts.shape, d + totals.shape[2]), NONE, np.uint8)
    ways[:, 1:, :d] = np.sign(outcomes) + 1
    ways[starts, :d] = NONE
    ways[starts, d:] = np.sign(totals[starts] - usual) + 1
    return codes, ways


def _codes(events: NDArray[np.float32]) -> NDArray[np.uint64]:
    """A number for each set of events [B, T, E], where "once" and "more often" differ: [B, T]."""
    kinds = random.keys(np.arange(events.shape[2], dtype=np.uint64), START)
    return np.minimum(events, 2).astype(np.uint64) @ kinds + np.uint64(START + 1)


@compiled
def _mark(place, ways, seen):  # type: ignore[no-untyped-def]
    for b in range(place.shape[0]):
        for t in range(place.shape[1]):
            if place[b, t] >= 0:
                for c in range(ways.shape[2]):
                    if ways[b, t, c] != NONE:
                        seen[b, place[b, t], c, ways[b, t, c]] = True


@compiled
def _strongest(place, ways, which, weight, rows, items, out):  # type: ignore[no-untyped-def]
    for n in range(len(out)):
        b, item, best = rows[n], items[n], -np.inf
        for t in range(place.shape[1]):
            if place[b, t] >= 0:
                for c in range(ways.shape[2]):
                    if ways[b, t, c] != NONE:
                        k = which[place[b, t], c, ways[b, t, c]]
                        if k >= 0 and weight[k, item] > best:
                            best, out[n] = weight[k, item], t
