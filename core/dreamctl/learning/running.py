"""What followed each kind of event: statistics pooled over an exploration so far, in whatever order things happened.

A program is a table of reactions, so the useful question is not what happened when but what each event brings about.
After any prefix, with n the event counts of a step and a constant 1 [E+1], and y the outcomes of that step [D]:

- the responses W = (N'N + ridge I)^-1 N'Y, least squares of outcomes on events: what one more event of a kind adds,
  when several happen in one step;
- how well each is known: the diagonal of P = (N'N + ridge I)^-1;
- for each event the steps where it happened alone (and for "nothing", where none did): how many, and the smallest and
  largest outcome per event;
- the totals at the first start, at the latest start, and now.

Nothing is learned from a step about outcomes that cannot show in it (`Environment.unseen`); they have a P of their own.
One cheap update a step keeps W and P exact at every prefix: recursive least squares (Plackett 1950),

    k = P n / (1 + n' P n),   P <- P - k (P n)',   W <- W + k (y - W' n)'        (P starts at I / ridge, W at 0)

The same compiled update serves a whole sequence and a single step of acting, so both see the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..compiled import compiled
from ..records import Environment
from ..simulation.episodes import Episodes
from ..simulation.policy import Seen
from .events import Reading, flat, names

RIDGE = 0.1  # in events: what a response is pulled to 0 by


@frozen(eq=False)
class Running:
    """The statistics of B rows: what `advance` changes in place."""

    p: NDArray[np.float32]  # [B, 2, E+1, E+1] for outcomes that always show, and for the others
    w: NDArray[np.float32]  # [B, E+1, D]
    count: NDArray[np.float32]  # [B, 2, E+1] steps with that event alone, and such where all outcomes could show
    least: NDArray[np.float32]  # [B, E+1, D] smallest outcome per event with that event alone, 0 if never
    most: NDArray[np.float32]  # [B, E+1, D]
    totals: NDArray[np.float32]  # [B, 3, M] totals at the first start, at the latest start, and now


def start(environment: Environment, batch: int) -> Running:
    """The statistics before anything was seen."""
    events, outcomes, totals = names(environment)
    e, d = len(events) + 1, len(outcomes)
    return Running(
        np.tile(np.eye(e, dtype=np.float32) / np.float32(RIDGE), (batch, 2, 1, 1)),
        np.zeros((batch, e, d), np.float32),
        np.zeros((batch, 2, e), np.float32),
        np.zeros((batch, e, d), np.float32),
        np.zeros((batch, e, d), np.float32),
        np.zeros((batch, 3, len(totals)), np.float32),
    )


def statistic_names(environment: Environment) -> list[str]:
    """The name of each of the F statistics."""
    events, outcomes, totals = names(environment)
    causes = [*events, "any step"]
    alone = [*events, "nothing"]
    pairs = [("uncertainty about", "steps with"), ("uncertainty about unseen outcomes of", "steps that show all with")]
    return [
        *(
            name
            for cause, event in zip(causes, alone, strict=True)
            for known, steps in pairs
            for name in (f"{known} {cause}", f"{steps} {event} alone")
        ),
        *(f"{total} {when}" for total in totals for when in ("at the first start", "at the latest start", "now")),
        *(
            name
            for i, event in enumerate(causes)
            for y in outcomes
            for name in (f"{y} per {event}", f"least {y} with {alone[i]} alone", f"most {y} with {alone[i]} alone")
        ),
    ]


def statistics(environment: Environment, episodes: Episodes) -> NDArray[np.float32]:
    """The statistics of whole explorations: float32 [B, F], named by `statistic_names`."""
    return statistics_at(environment, episodes, episodes.valid.sum(1)[:, None] - 1)[:, 0]


def running_statistics(environment: Environment, episodes: Episodes) -> NDArray[np.float32]:
    """The same after every prefix: float32 [B, T+1, F]; padding repeats the last."""
    last = episodes.valid.sum(1)[:, None] - 1
    return statistics_at(environment, episodes, np.minimum(np.arange(episodes.valid.shape[1]), last))


def statistics_at(environment: Environment, episodes: Episodes, at: NDArray[np.integer]) -> NDArray[np.float32]:
    """The same after the prefixes that end at the positions `at` [B, N], which do not fall: float32 [B, N, F]."""
    return _taken_in(environment, episodes, at, start(environment, len(episodes)), True)


def statistics_after(
    environment: Environment, episodes: Episodes, before: Running | None
) -> tuple[NDArray[np.float32], Running]:
    """The statistics [B, F] of explorations of which only the end is given, what came `before` having been taken in.

    Also what to go on from; `before` is changed in place.
    """
    running, last = before or start(environment, len(episodes)), episodes.valid.sum(1)[:, None] - 1
    return _taken_in(environment, episodes, last, running, before is None)[:, 0], running


def _taken_in(
    environment: Environment, episodes: Episodes, at: NDArray[np.integer], running: Running, first: bool
) -> NDArray[np.float32]:
    r, reading, seen = running, Reading.of(environment), flat(episodes.observation, 2)
    events, outcomes, blind = reading.steps(seen[:, :-1], seen[:, 1:], episodes.action, episodes.reward)
    out = np.empty((*at.shape, len(statistic_names(environment))), np.float32)
    _prefixes(
        events, outcomes, blind, reading.hidden, reading.totals_of(seen), episodes.mask, episodes.starts, at, first,
        r.p, r.w, r.count, r.least, r.most, r.totals, out,
    )  # fmt: skip
    return out


def advance(reading: Reading, running: Running, before: NDArray[Any], seen: Seen, first: bool) -> None:
    """Take in one position of acting, in place; `before` is the observation before it."""
    r, after = running, flat(seen.observation, 1)
    events, outcomes, blind = reading.steps(flat(before, 1), after, seen.action, seen.reward)
    _one_position(
        events, outcomes, blind, reading.hidden, reading.totals_of(after), seen.action >= 0, seen.new_episode, first,
        r.p, r.w, r.count, r.least, r.most, r.totals,
    )  # fmt: skip


def now(running: Running, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """The statistics of some rows as they are now: float32 [rows, F]."""
    r, (e, d) = running, running.w.shape[1:]
    out = np.empty((len(rows), 3 * e * d + 4 * e + r.totals[0].size), np.float32)
    _written(rows, r.p, r.w, r.count, r.least, r.most, r.totals, out)
    return out


@compiled(nogil=True)
def _one_position(  # type: ignore[no-untyped-def]
    events, outcomes, blind, hidden, totals, stepped, started, first, p, w, count, least, most, seen
):
    k = np.empty(w.shape[1], np.float32)
    for b in range(len(stepped)):
        if stepped[b]:
            _advance(events[b], outcomes[b], blind[b], hidden, p[b], w[b], count[b], least[b], most[b], k)
        _look(totals[b], started[b], first, seen[b])


@compiled(nogil=True)
def _written(rows, p, w, count, least, most, seen, out):  # type: ignore[no-untyped-def]
    for n, b in enumerate(rows):
        _write(p[b], w[b], count[b], least[b], most[b], seen[b], out[n])


@compiled(nogil=True)
def _prefixes(  # type: ignore[no-untyped-def]
    events, outcomes, blind, hidden, totals, mask, starts, at, first, p, w, count, least, most, seen, out
):
    k = np.empty(w.shape[1], np.float32)
    for b in range(len(mask)):
        n = 0
        for t in range(at[b, -1] + 1):
            if t > 0 and mask[b, t - 1]:
                s = t - 1
                _advance(events[b, s], outcomes[b, s], blind[b, s], hidden, p[b], w[b], count[b], least[b], most[b], k)
            _look(totals[b, t], starts[b, t], first and t == 0, seen[b])
            while n < at.shape[1] and at[b, n] == t:
                _write(p[b], w[b], count[b], least[b], most[b], seen[b], out[b, n])
                n += 1


@compiled(nogil=True)
def _look(totals, started, first, seen):  # type: ignore[no-untyped-def]
    for m in range(len(totals)):
        if first:
            seen[0, m] = totals[m]
        if started:
            seen[1, m] = totals[m]
        seen[2, m] = totals[m]


@compiled(nogil=True, fastmath=False)
def _advance(n, y, blind, hidden, p, w, count, least, most, k):  # type: ignore[no-untyped-def]
    _regress(n, y, hidden, False, p[0], w, k)
    if not blind:
        _regress(n, y, hidden, True, p[1], w, k)
    kinds = len(n)
    # steps in which one event happened alone, or none
    which, how_many = kinds, np.float32(1)
    for e in range(kinds):
        if n[e] != 0:
            if which != kinds:
                return
            which, how_many = e, n[e]
    count[0, which] += 1
    count[1, which] += not blind
    for d in range(len(y)):
        value = y[d] / how_many
        if blind and hidden[d]:
            continue
        if count[int(hidden[d]), which] == 1:
            least[which, d] = most[which, d] = value
        else:
            least[which, d] = min(least[which, d], value)
            most[which, d] = max(most[which, d], value)


@compiled(nogil=True, fastmath=False)
def _regress(n, y, hidden, which, p, w, k):  # type: ignore[no-untyped-def]
    """Recursive least squares for the outcomes that are `hidden`, or for the others; the constant is the last row."""
    kinds = len(n)
    for i in range(kinds + 1):
        s = p[i, kinds]
        for j in range(kinds):
            if n[j] != 0:
                s += p[i, j] * n[j]
        k[i] = s
    total = np.float32(1) + k[kinds]
    for j in range(kinds):
        total += k[j] * n[j]
    for d in range(len(y)):
        if hidden[d] != which:
            continue
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


@compiled(nogil=True)
def _write(p, w, count, least, most, seen, out):  # type: ignore[no-untyped-def]
    kinds, width = w.shape
    at = 0
    for i in range(kinds):
        for which in range(2):
            out[at] = np.log(p[which, i, i])
            out[at + 1] = np.log1p(count[which, i])
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
