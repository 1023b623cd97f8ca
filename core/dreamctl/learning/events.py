"""What followed each kind of event: statistics pooled over a whole exploration, in whatever order things happened.

A program is a table of reactions, so the useful question is not what happened when but what each event brings about.
For each trial, over all steps of all its episodes, with n the event counts of a step (and a constant 1) [E] and y the
outcomes of that step [D]:

- the responses W = (N'N + ridge I)^-1 N'Y, least squares of outcomes on events: what one more event of a kind adds,
  when several happen in one step;
- how well each is known: the diagonal of (N'N + ridge I)^-1, and how often each event happened;
- for each event the steps where it happened alone (and for "nothing", where none did): how many, and the mean,
  smallest and largest outcome per event;
- the state of the totals at the starts of episodes, and at their ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from ..records import Environment
from ..simulation.episodes import Episodes

RIDGE = 0.1  # in events: what a response is pulled to 0 by
NEVER = -99.0  # stands for a mean or extreme of nothing, outside what occurs


def event_statistics(environment: Environment, episodes: Episodes) -> NDArray[np.float32]:
    """The statistics of each trial: float32 [B, F], named by `statistic_names`."""
    events, outcomes = events_and_outcomes(environment, episodes)
    lone = _lone_statistics(events, outcomes, episodes.mask)  # [B, E, 1 + 3 D]
    return np.concatenate(
        [
            _responses(events, outcomes, episodes.mask),
            lone.reshape(len(lone), -1),
            _starts_and_ends(environment, episodes),
        ],
        1,
    ).astype(np.float32)


def statistic_names(environment: Environment) -> list[str]:
    """The name of each column of `event_statistics`."""
    events, outcomes, totals = names(environment)
    causes = [*events, "any step"]
    lone = [
        name
        for event in [*events, "nothing"]
        for name in (
            f"steps with {event} alone",
            *(f"{kind} {y} with {event} alone" for y in outcomes for kind in ("mean", "least", "most")),
        )
    ]
    return [
        *(f"{y} per {event}" for event in causes for y in outcomes),
        *(f"uncertainty about {event}" for event in causes),
        *(f"count of {event}" for event in causes),
        *lone,
        *(f"{kind} {total} at the start" for kind in ("mean", "least", "most") for total in totals),
        *(f"{kind} {total} at the end" for kind in ("mean", "least", "most") for total in totals),
        "steps an episode",
        "episodes that ended early",
    ]


def names(environment: Environment) -> tuple[list[str], list[str], list[str]]:
    """Events, outcomes and totals: what the environment declares, else its actions, and all of its features."""
    events = list(environment.events) or [f"action {name}" for name in environment.actions]
    features = list(environment.features) or [f"feature {i}" for i in range(_width(environment))]
    declared = bool(environment.outcomes or environment.totals)
    totals = list(environment.totals) if declared else features
    return events, [*environment.outcomes, *(f"change of {total}" for total in totals), "reward"], totals


def _width(environment: Environment) -> int:
    return int(np.prod(environment.observation_space.shape or (1,)))


def _columns(environment: Environment, chosen: Sequence[str]) -> NDArray[np.intp]:
    return np.array([environment.features.index(name) for name in chosen], np.intp)


def events_and_outcomes(
    environment: Environment, episodes: Episodes
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Event counts [B, T, E] and outcomes [B, T, D] of every step."""
    return step_events_and_outcomes(environment, episodes.observation, episodes.action, episodes.reward)


def step_events_and_outcomes(
    environment: Environment, observation: NDArray[Any], action: NDArray[np.int64], reward: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The same from observations [B, T+1, *O] with the actions and rewards [B, T] between them."""
    seen = observation.reshape(*observation.shape[:2], -1)
    before, after = seen[:, :-1], seen[:, 1:]
    if environment.events:
        events = after[..., _columns(environment, environment.events)].astype(np.float32)
    else:
        events = (action[..., None] == np.arange(len(environment.actions))).astype(np.float32)
    counted = after[..., _columns(environment, environment.outcomes)].astype(np.float32)
    at = total_columns(environment)
    changed = after[..., at].astype(np.float32) - before[..., at]
    return events, np.concatenate([counted, changed, reward[..., None]], 2)


def total_columns(environment: Environment) -> NDArray[np.intp]:
    if environment.outcomes or environment.totals:
        return _columns(environment, environment.totals)
    return np.arange(_width(environment))


def _responses(
    events: NDArray[np.float32], outcomes: NDArray[np.float32], mask: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Responses [B, (E+1) D], their uncertainty [B, E+1] and the events' counts [B, E+1], side by side."""
    constant = np.ones((*events.shape[:2], 1), np.float32)
    n = (np.concatenate([events, constant], 2) * mask[..., None]).astype(np.float32)  # [B, T, E+1]
    gram = n.transpose(0, 2, 1) @ n + RIDGE * np.eye(n.shape[2], dtype=np.float32)  # [B, E+1, E+1]
    inverse = np.linalg.inv(gram.astype(np.float64))
    w = inverse @ (n.transpose(0, 2, 1) @ outcomes).astype(np.float64)  # [B, E+1, D]
    spread = np.diagonal(inverse, axis1=1, axis2=2)
    return np.concatenate([w.reshape(len(w), -1), np.log10(spread), np.log1p(n.sum(1))], 1).astype(np.float32)


@numba.njit(cache=True)
def _lone_statistics(events, outcomes, mask):  # type: ignore[no-untyped-def]
    """Per event (the last is "nothing"), over the steps in which no other happened: count, then mean, least and most
    of each outcome per event: [B, E+1, 1 + 3 D].
    """
    batch, steps, kinds = events.shape
    width = outcomes.shape[2]
    out = np.full((batch, kinds + 1, 1 + 3 * width), NEVER, np.float32)
    out[:, :, 0] = 0
    for b in range(batch):
        for t in range(steps):
            if not mask[b, t]:
                continue
            which, how_many, several = kinds, np.float32(1), False
            for e in range(kinds):
                if events[b, t, e] != 0:
                    several = several or which != kinds
                    which, how_many = e, events[b, t, e]
            if several:
                continue
            row = out[b, which]
            row[0] += 1
            for d in range(width):
                value = outcomes[b, t, d] / how_many
                if row[0] == 1:
                    row[1 + 3 * d : 4 + 3 * d] = value
                else:
                    row[1 + 3 * d] += (value - row[1 + 3 * d]) / row[0]
                    row[2 + 3 * d] = min(row[2 + 3 * d], value)
                    row[3 + 3 * d] = max(row[3 + 3 * d], value)
        out[b, :, 0] = np.log1p(out[b, :, 0])
    return out


def _starts_and_ends(environment: Environment, episodes: Episodes) -> NDArray[np.float32]:
    at = total_columns(environment)
    totals = episodes.observation.reshape(*episodes.observation.shape[:2], -1)[..., at].astype(np.float32)
    starts, valid = episodes.starts, episodes.valid
    followed = np.concatenate([valid[:, 1:] & ~starts[:, 1:], np.zeros((len(valid), 1), bool)], 1)
    ends = valid & ~followed  # the last observation of each episode
    count = starts.sum(1)
    parts = [_mean_least_most(totals, starts), _mean_least_most(totals, ends)]
    early = (episodes.terminated & episodes.mask).sum(1)
    return np.concatenate([*parts, (episodes.mask.sum(1) / count)[:, None], (early / count)[:, None]], 1)


def _mean_least_most(values: NDArray[np.float32], where: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Over the positions [B, T] that `where` marks, of values [B, T, D]: [B, 3 D]."""
    w = where[..., None]
    mean = (values * w).sum(1) / w.sum(1)
    return np.concatenate([mean, np.where(w, values, np.inf).min(1), np.where(w, values, -np.inf).max(1)], 1)
