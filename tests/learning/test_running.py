"""Running statistics: after every prefix the same as those pooled over it, acting and learning alike."""

import attrs
import numpy as np
import pytest

from dreamctl import Seen
from dreamctl.learning import event_statistics, statistic_names
from dreamctl.learning.events import NEVER, RIDGE, step_events_and_outcomes
from dreamctl.learning.running import advance, feature_count, running_features, start

FEATURES = ("way", "distance", "symbol", "tile 0", "tile 1")
DECLARED = {"features": FEATURES, "events": ("distance", "tile 0"), "outcomes": ("symbol",), "totals": ("way",)}


@pytest.fixture(params=["declared", "not declared"])
def environment(request, forks):
    return attrs.evolve(forks, **DECLARED) if request.param == "declared" else forks


def followed(environment, episodes):
    """The statistics and their features after each position, taken in one by one as when acting."""
    running = start(environment, len(episodes))
    for t in range(episodes.episode.shape[1]):
        seen = Seen(
            observation=episodes.observation[:, t],
            action=episodes.action[:, t - 1] if t else np.full(len(episodes), -1),
            reward=episodes.reward[:, t - 1] if t else np.zeros(len(episodes), np.float32),
            new_episode=episodes.starts[:, t],
        )
        before = episodes.observation[:, max(0, t - 1)]
        features = advance(environment, running, before, seen, t == 0)
        yield t, running, features


def test_acting_sees_the_same_numbers_as_the_whole_sequence(environment, played):
    episodes = played(20)
    whole = running_features(environment, episodes)
    assert whole.shape == (*episodes.valid.shape, feature_count(environment))
    for t, _, features in followed(environment, episodes):
        now = episodes.valid[:, t]
        np.testing.assert_array_equal(features[now], whole[now, t])


def test_after_every_prefix_it_is_the_direct_least_squares_solution(environment, played):
    episodes = played(20)
    events, outcomes = step_events_and_outcomes(environment, episodes.observation, episodes.action, episodes.reward)
    n = np.concatenate([events, np.ones((*events.shape[:2], 1))], 2).astype(np.float64)
    for t, running, _ in followed(environment, episodes):
        for row in np.flatnonzero(episodes.valid[:, t]):
            some = episodes.mask[row, :t]
            x, y = n[row, :t][some], outcomes[row, :t][some].astype(np.float64)
            inverse = np.linalg.inv(x.T @ x + RIDGE * np.eye(x.shape[1]))
            np.testing.assert_allclose(running.p[row], inverse, rtol=1e-3, atol=1e-4)
            np.testing.assert_allclose(running.w[row], inverse @ x.T @ y, rtol=1e-3, atol=1e-3)


def test_of_whole_explorations_it_knows_what_the_pooled_statistics_know(environment, played):
    episodes = played(20)
    *_, (_, running, _) = followed(environment, episodes)
    pooled = dict(zip(statistic_names(environment), event_statistics(environment, episodes).T, strict=True))
    events = list(environment.events) or [f"action {name}" for name in environment.actions]
    for i, event in enumerate([*events, "nothing"]):
        np.testing.assert_allclose(np.log1p(running.count[:, i]), pooled[f"steps with {event} alone"], rtol=1e-6)
        cause = "any step" if event == "nothing" else event
        np.testing.assert_allclose(np.log10(running.p[:, i, i]), pooled[f"uncertainty about {cause}"], atol=1e-4)
        np.testing.assert_allclose(running.w[:, i, -1], pooled[f"reward per {cause}"], atol=1e-3)
        for kind, extreme in (("least", running.least), ("most", running.most)):
            known = pooled[f"{kind} reward with {event} alone"]
            np.testing.assert_allclose(extreme[:, i, -1], np.where(known == NEVER, 0, known), atol=1e-6)
    total, column = ("way", 0) if environment.totals else (environment.features[1], 1)
    place = 0 if environment.totals else column
    last = episodes.valid.sum(1) - 1
    rows = np.arange(20)
    np.testing.assert_array_equal(running.totals[:, 0, place], episodes.observation[:, 0, column])
    np.testing.assert_array_equal(running.totals[:, 2, place], episodes.observation[rows, last, column])
    assert f"mean {total} at the start" in pooled


def test_prefixes_know_nothing_of_the_future(environment, played, other_future):
    one, other = played(20), played(20, seed=1)
    before = running_features(environment, one)
    after = running_features(environment, other_future(one, other, 6))
    np.testing.assert_array_equal(before[:, :7], after[:, :7])
    assert (before[:, 7] != after[:, 7]).any()


def test_padding_repeats_the_last_and_other_rows_do_not_matter(environment, played, padded):
    episodes = played(20)
    features = running_features(environment, episodes)
    longer = running_features(environment, padded(episodes, 3))
    np.testing.assert_array_equal(longer[:, :-3], features)
    np.testing.assert_array_equal(longer[:, -3:], np.repeat(features[:, -1:], 3, 1))
    for row in range(20):
        alone = running_features(environment, episodes.rows(slice(row, row + 1)))
        np.testing.assert_array_equal(alone[0], features[row])
