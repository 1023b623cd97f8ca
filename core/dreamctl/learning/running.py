"""The event statistics of `events.py` after every prefix: recursive least squares, one cheap update a step.

After step t, with event counts n [E+1] (the last is a constant 1) and outcomes y [D] of that step,

    k = P n / (1 + n' P n),   P <- P - k (P n)',   W <- W + k (y - W' n)'        (P starts at I / ridge, W at 0)

which keeps W = (N'N + ridge I)^-1 N'Y and P = (N'N + ridge I)^-1 exact at every prefix (Plackett 1950).
The same compiled update serves a whole sequence and a single step of acting, so both see the same numbers.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..records import Environment
from ..simulation.episodes import Episodes
from ..simulation.policy import Seen
from .events import RIDGE, events_and_outcomes, names, step_events_and_outcomes, total_columns


@frozen(eq=False)
class Running:
    """The statistics of B rows: what `advance` changes in place."""

    p: NDArray[np.float32]  # [B, E+1, E+1]
    w: NDArray[np.float32]  # [B, E+1, D]
    count: NDArray[np.float32]  # [B, E+1] steps with that event alone; the last is "nothing"
    least: NDArray[np.float32]  # [B, E+1, D] smallest outcome per event with that event alone, 0 if never
    most: NDArray[np.float32]  # [B, E+1, D]
    totals: NDArray[np.float32]  # [B, 3, M] totals at the first start, at the latest start, and now


def start(environment: Environment, batch: int) -> Running:
    """The statistics before anything was seen."""
    events, outcomes, totals = names(environment)
    e, d = len(events) + 1, len(outcomes)
    return Running(
        np.tile(np.eye(e, dtype=np.float32) / np.float32(RIDGE), (batch, 1, 1)),
        np.zeros((batch, e, d), np.float32),
        np.zeros((batch, e), np.float32),
        np.zeros((batch, e, d), np.float32),
        np.zeros((batch, e, d), np.float32),
        np.zeros((batch, 3, len(totals)), np.float32),
    )


def width(running: Running) -> int:
    """Number of features F."""
    e, d = running.w.shape[1:]
    return 3 * e * d + 2 * e + running.totals[0].size


def feature_count(environment: Environment) -> int:
    """Number of features F of an environment's running statistics."""
    return width(start(environment, 1))


def running_features(environment: Environment, episodes: Episodes) -> NDArray[np.float32]:
    """Features after every prefix: float32 [B, T+1, F]; padding repeats the last."""
    r = start(environment, len(episodes))
    events, outcomes = events_and_outcomes(environment, episodes)
    at = total_columns(environment)
    totals = episodes.observation.reshape(*episodes.observation.shape[:2], -1)[..., at].astype(np.float32)
    out = np.empty((*episodes.valid.shape, width(r)), np.float32)  # [B, T+1, F]
    _all_prefixes(
        events, outcomes, totals, episodes.mask, episodes.starts, episodes.valid,
        r.p, r.w, r.count, r.least, r.most, r.totals, out,
    )  # fmt: skip
    return out


def advance(
    environment: Environment, running: Running, before: NDArray[Any], seen: Seen, first: bool
) -> NDArray[np.float32]:
    """Take in one position of acting, in place; `before` is the observation before it. Returns features [B, F]."""
    pair = np.stack([before, seen.observation], 1)  # [B, 2, *O]
    events, outcomes = step_events_and_outcomes(environment, pair, seen.action[:, None], seen.reward[:, None])
    totals = seen.observation.reshape(len(before), -1)[:, total_columns(environment)].astype(np.float32)
    r, out = running, np.empty((len(before), width(running)), np.float32)
    _one_position(
        events[:, 0], outcomes[:, 0], totals, seen.action >= 0, seen.new_episode, first,
        r.p, r.w, r.count, r.least, r.most, r.totals, out,
    )  # fmt: skip
    return out


@numba.njit(cache=True)
def _one_position(events, outcomes, totals, stepped, started, first, p, w, count, least, most, seen, out):  # type: ignore[no-untyped-def]
    k = np.empty(w.shape[1], np.float32)
    for b in range(len(stepped)):
        if stepped[b]:
            _advance(events[b], outcomes[b], p[b], w[b], count[b], least[b], most[b], k)
        _look(totals[b], started[b], first, seen[b])
        _write(p[b], w[b], count[b], least[b], most[b], seen[b], out[b])


@numba.njit(cache=True)
def _all_prefixes(events, outcomes, totals, mask, starts, valid, p, w, count, least, most, seen, out):  # type: ignore[no-untyped-def]
    k = np.empty(w.shape[1], np.float32)
    for b in range(len(mask)):
        for t in range(valid.shape[1]):
            if t > 0 and mask[b, t - 1]:
                _advance(events[b, t - 1], outcomes[b, t - 1], p[b], w[b], count[b], least[b], most[b], k)
            if valid[b, t]:
                _look(totals[b, t], starts[b, t], t == 0, seen[b])
                _write(p[b], w[b], count[b], least[b], most[b], seen[b], out[b, t])
            else:
                out[b, t] = out[b, t - 1]


@numba.njit(cache=True)
def _look(totals, started, first, seen):  # type: ignore[no-untyped-def]
    for m in range(len(totals)):
        if first:
            seen[0, m] = totals[m]
        if started:
            seen[1, m] = totals[m]
        seen[2, m] = totals[m]


@numba.njit(cache=True, fastmath=False)
def _advance(n, y, p, w, count, least, most, k):  # type: ignore[no-untyped-def]
    kinds, width = len(n), len(y)
    # recursive least squares; the constant event is the last row
    total = np.float32(1)
    for i in range(kinds + 1):
        s = p[i, kinds]
        for j in range(kinds):
            if n[j] != 0:
                s += p[i, j] * n[j]
        k[i] = s
    for j in range(kinds):
        total += k[j] * n[j]
    total += k[kinds]
    for d in range(width):
        error = y[d] - w[kinds, d]
        for j in range(kinds):
            if n[j] != 0:
                error -= w[j, d] * n[j]
        if error != 0:
            error /= total
            for i in range(kinds + 1):
                w[i, d] += k[i] * error
    for i in range(kinds + 1):
        for j in range(kinds + 1):
            p[i, j] -= k[i] * k[j] / total
    # steps in which one event happened alone, or none
    which, how_many = kinds, np.float32(1)
    for e in range(kinds):
        if n[e] != 0:
            if which != kinds:
                return
            which, how_many = e, n[e]
    count[which] += 1
    for d in range(width):
        value = y[d] / how_many
        if count[which] == 1:
            least[which, d] = most[which, d] = value
        else:
            least[which, d] = min(least[which, d], value)
            most[which, d] = max(most[which, d], value)


@numba.njit(cache=True)
def _write(p, w, count, least, most, seen, out):  # type: ignore[no-untyped-def]
    kinds, width = w.shape
    at = 0
    for i in range(kinds):
        out[at] = np.log(p[i, i])
        out[at + 1] = np.log1p(count[i])
        at += 2
    for m in range(seen.shape[1]):
        out[at] = seen[0, m]
        out[at + 1] = seen[1, m]
        out[at + 2] = seen[2, m]
        at += 3
    for i in range(kinds):
        for d in range(width):
            out[at] = w[i, d]
            out[at + 1] = least[i, d]
            out[at + 2] = most[i, d]
            at += 3
