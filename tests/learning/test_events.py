"""Pooled statistics of events, against sums written out."""

import attrs
import numpy as np
import pytest

from dreamctl.learning import event_statistics, follow, statistic_names
from dreamctl.learning.events import NEVER, RIDGE

# of the columns of `forks`, as if the way counted two kinds of things; several can happen in one step
FEATURES = ("way", "distance", "symbol", "tile 0", "tile 1")
DECLARED = {"features": FEATURES, "events": ("distance", "tile 0"), "outcomes": ("symbol",), "totals": ("way",)}


@pytest.fixture(params=["declared", "not declared"])
def environment(request, forks):
    return attrs.evolve(forks, **DECLARED) if request.param == "declared" else attrs.evolve(forks, features=())


def by_name(environment, episodes):
    statistics, names = event_statistics(environment, episodes), statistic_names(environment)
    assert statistics.shape == (len(episodes), len(names))
    assert statistics.dtype == np.float32
    assert len(set(names)) == len(names)
    return {name: statistics[:, i] for i, name in enumerate(names)}


def steps_of(environment, episodes, row):
    """Event counts [n, E], outcomes [n, D] and their names, of each step of a row, written out."""
    seen = episodes.observation[row].astype(float)
    at = {name: i for i, name in enumerate(environment.features)}
    events, outcomes = [], []
    for t in np.flatnonzero(episodes.mask[row]):
        if environment.events:
            events.append([seen[t + 1][at[name]] for name in environment.events])
            totals = [at[name] for name in environment.totals]
            counted = [seen[t + 1][at[name]] for name in environment.outcomes]
        else:
            events.append([float(episodes.action[row, t] == a) for a in range(len(environment.actions))])
            totals, counted = list(range(seen.shape[1])), []
        changes = [seen[t + 1][i] - seen[t][i] for i in totals]
        outcomes.append([*counted, *changes, episodes.reward[row, t]])
    return np.array(events), np.array(outcomes)


def names_of(environment):
    if environment.events:
        return ["distance", "tile 0"], ["symbol", "change of way", "reward"]
    changes = [f"change of feature {i}" for i in range(5)]
    return ["action hallway 1", "action hallway 2", "action back"], [*changes, "reward"]


def test_responses_are_least_squares_of_outcomes_on_events(environment, played):
    episodes = played(20)
    made = by_name(environment, episodes)
    events, outcomes = names_of(environment)
    for row in range(20):
        n, y = steps_of(environment, episodes, row)
        n = np.concatenate([n, np.ones((len(n), 1))], 1)
        ridge = np.sqrt(RIDGE) * np.eye(n.shape[1])
        padded_y = np.concatenate([y, np.zeros((len(ridge), y.shape[1]))])
        w = np.linalg.lstsq(np.concatenate([n, ridge]), padded_y, rcond=None)[0]
        spread = np.diag(np.linalg.inv(n.T @ n + RIDGE * np.eye(n.shape[1])))
        for i, event in enumerate([*events, "any step"]):
            for j, outcome in enumerate(outcomes):
                assert made[f"{outcome} per {event}"][row] == pytest.approx(w[i, j], abs=1e-4)
            assert made[f"uncertainty about {event}"][row] == pytest.approx(np.log10(spread[i]), abs=1e-4)
            assert made[f"count of {event}"][row] == pytest.approx(np.log1p(n[:, i].sum()), abs=1e-5)


def test_steps_in_which_one_thing_happened_alone_are_told_apart(environment, played):
    episodes = played(20)
    made = by_name(environment, episodes)
    events, outcomes = names_of(environment)
    seen_some = False
    for row in range(20):
        n, y = steps_of(environment, episodes, row)
        for i, event in enumerate([*events, "nothing"]):
            kinds = (n != 0).sum(1)
            alone = kinds == 0 if event == "nothing" else (kinds == 1) & (n[:, min(i, n.shape[1] - 1)] != 0)
            how_many = 1 if event == "nothing" else n[alone, i][:, None]
            per_event = y[alone] / how_many
            assert made[f"steps with {event} alone"][row] == pytest.approx(np.log1p(alone.sum()), abs=1e-5)
            for j, outcome in enumerate(outcomes):
                seen_some |= alone.any()
                for kind, function in (("mean", np.mean), ("least", np.min), ("most", np.max)):
                    expected = function(per_event[:, j]) if alone.any() else NEVER
                    assert made[f"{kind} {outcome} with {event} alone"][row] == pytest.approx(expected, abs=1e-5)
    assert seen_some


def test_totals_at_starts_and_ends_are_those_of_the_episodes(environment, played):
    episodes = played(20)
    made = by_name(environment, episodes)
    total, column = ("way", 0) if environment.events else ("feature 1", 1)
    for row in range(20):
        starts, ends, early = [], [], 0
        for number in range(episodes.episode[row].max() + 1):
            positions = np.flatnonzero((episodes.episode[row] == number) & episodes.valid[row])
            starts.append(float(episodes.observation[row, positions[0], column]))
            ends.append(float(episodes.observation[row, positions[-1], column]))
            early += episodes.terminated[row, positions[-1] - 1]
        for where, values in (("start", starts), ("end", ends)):
            for kind, function in (("mean", np.mean), ("least", min), ("most", max)):
                assert made[f"{kind} {total} at the {where}"][row] == pytest.approx(function(values), abs=1e-5)
        assert made["steps an episode"][row] == pytest.approx(episodes.mask[row].sum() / len(starts), abs=1e-5)
        assert made["episodes that ended early"][row] == pytest.approx(early / len(starts), abs=1e-5)


def test_padding_and_the_other_rows_change_nothing(environment, played, padded):
    episodes = played(20)
    statistics = event_statistics(environment, episodes)
    np.testing.assert_allclose(event_statistics(environment, padded(episodes, 4)), statistics, rtol=1e-5, atol=1e-5)
    alone = np.concatenate([event_statistics(environment, episodes.rows(slice(b, b + 1))) for b in range(20)])
    np.testing.assert_allclose(alone, statistics, rtol=1e-5, atol=1e-5)


def test_the_order_in_which_things_happened_does_not_matter_to_responses(environment, played):
    one, other = played(6, seed=0), played(6, seed=1)
    names = statistic_names(environment)
    places = [i for i, name in enumerate(names) if " per " in name or "alone" in name or name.startswith("count")]
    first = event_statistics(environment, follow(one, other))[:, places]
    second = event_statistics(environment, follow(other, one))[:, places]
    np.testing.assert_allclose(first, second, rtol=1e-4, atol=1e-4)
