"""Events, outcomes and totals of each step, as an environment declares them."""

import attrs
import numpy as np
import pytest
from gymnasium import spaces

from dreamctl import PluginError
from dreamctl.learning.events import Reading, names

DECLARED = {
    "features": ("way", "balls", "launches", "appeared", "points"),
    "events": ("launches",),
    "outcomes": ("appeared",),
    "totals": ("points", "balls"),
    "observation_space": spaces.Box(0, np.array([9, 2, 9, 9, 9], np.float32)),
}
OBSERVATION = np.array([[[3, 1, 0, 0, 5], [3, 2, 1, 1, 5], [2, 2, 1, 0, 7]]])  # [1, 3, O]
ACTION, REWARD = np.array([[2, 0]]), np.array([[0.5, 0]], np.float32)


def of(environment):
    before, after = OBSERVATION[:, :-1], OBSERVATION[:, 1:]
    events, outcomes, blind = Reading.of(environment).steps(before, after, ACTION, REWARD)
    return events.tolist(), outcomes.tolist(), blind.tolist()


def test_declared_events_and_outcomes_are_read_where_they_stand(forks):
    environment = attrs.evolve(forks, **DECLARED)
    named = ["appeared", "change of points", "change of balls", "reward"]
    assert names(environment) == (["launches"], named, ["points", "balls"])
    assert of(environment) == ([[[1], [1]]], [[[1, 0, 1, 0.5], [0, 2, 0, 0]]], [[False, False]])
    assert Reading.of(environment).hidden.tolist() == [False] * 4


def test_without_a_declaration_actions_are_events_and_every_change_is_an_outcome(forks):
    environment = attrs.evolve(forks, features=())
    events, outcomes, _ = of(environment)
    assert events == [[[0, 0, 1], [1, 0, 0]]]
    assert outcomes == [[[0, 1, 1, 1, 0, 0.5], [-1, 0, 0, -1, 2, 0]]]
    assert names(environment)[1] == [*(f"change of feature {i}" for i in range(5)), "reward"]
    assert Reading.of(environment).hidden.tolist() == [False] * 6


def test_steps_that_begin_at_the_highest_value_are_marked_and_so_are_the_outcomes_that_cannot_show(forks):
    environment = attrs.evolve(forks, **DECLARED, unseen={"appeared": "balls", "balls": "balls"})
    assert of(environment)[2] == [[False, True]]
    assert Reading.of(environment).hidden.tolist() == [True, False, True, False]
    without_totals = attrs.evolve(environment, totals=(), unseen={"appeared": "balls"})
    assert Reading.of(without_totals).hidden.tolist() == [True, False]


@pytest.mark.parametrize(
    ("unseen", "sentence"),
    [
        ({"appeared": "baals"}, "'unseen' names 'baals', which is not in 'features'"),
        ({"way": "balls"}, "'unseen' names 'way', which is not in 'outcomes' or 'totals'"),
    ],
)
def test_a_name_that_there_is_not_is_refused(forks, unseen, sentence):
    with pytest.raises(PluginError, match=sentence):
        attrs.evolve(forks, **DECLARED, unseen=unseen)


def test_a_highest_value_needs_a_space_with_bounds(forks):
    declared = {**DECLARED, "observation_space": spaces.MultiDiscrete([9] * 5)}
    with pytest.raises(PluginError, match="'unseen' needs an 'observation_space' with bounds, a Box"):
        attrs.evolve(forks, **declared, unseen={"appeared": "balls"})
