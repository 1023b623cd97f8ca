import numpy as np
import pytest
from attrs import evolve

from dreamctl import plugins
from dreamctl.learning.signs import LEAST, Signs, SignsSeen
from dreamctl.runs.play import explore
from dreamctl.runs.seeding import task_seeds
from dreamctl.simulation.policy import RandomPolicy


@pytest.fixture
def lamps(tiny):
    """An environment in which an event is an action, the outcomes are lamps that are lit, and a broken one is not."""
    environment = plugins.load(tiny).environments["lamps"]
    features = ("lamp 0", "lamp 1", "noise")
    return evolve(
        environment, exploration_steps=8, exploration_episodes=3, features=features, outcomes=features[:2], totals=()
    )


def played(lamps, tasks, policy=None):
    return next(iter(explore(lamps, policy or RandomPolicy(3), tasks, task_seeds(0, 1, tasks), rows=len(tasks))))


def truth(tasks):
    return np.array([[task.labels["lamp-0"], task.labels["lamp-1"]] for task in tasks], np.float32)


def learned(lamps, batches=1):
    tasks = lamps.tasks().train
    episodes, seen = played(lamps, tasks), SignsSeen(lamps)
    for rows in np.array_split(np.arange(len(tasks)), batches):
        seen.take(episodes.rows(rows), truth(tasks)[rows])
    return seen.fit()


def test_the_evidence_of_a_broken_lamp_is_a_press_after_which_it_stays_dark(lamps):
    tasks = lamps.tasks().test
    episodes, signs = played(lamps, tasks), learned(lamps)
    pressed = [[(episodes.action[b] == i).any() for i in (0, 1)] for b in range(len(tasks))]
    pairs = [(int(b), int(i)) for b, i in np.argwhere((truth(tasks) > 0) & pressed)]
    assert len(pairs) > 5
    for (row, item), at in zip(pairs, signs.strongest(episodes, pairs), strict=True):
        assert episodes.mask[row, at - 1]
        assert episodes.action[row, at - 1] == item


def test_what_is_pointed_at_does_not_depend_on_what_else_is_looked_for(lamps):
    tasks = lamps.tasks().test
    episodes, signs = played(lamps, tasks), learned(lamps)
    pairs = [(b, i) for b in range(len(tasks)) for i in (0, 1)]
    together = signs.strongest(episodes, pairs).tolist()
    assert [int(signs.strongest(episodes.rows(np.array([b])), [(0, i)])[0]) for b, i in pairs] == together
    assert len(set(together)) > 3


def test_signs_are_the_same_however_explorations_are_grouped_and_after_they_were_stored(lamps):
    one, other = learned(lamps), learned(lamps, batches=4)
    stored = Signs.from_state(lamps, one.state())
    for signs in (other, stored):
        np.testing.assert_array_equal(signs.sets, one.sets)
        np.testing.assert_array_equal(signs.known, one.known)
        np.testing.assert_allclose(signs.weight, one.weight, atol=2e-3)


def test_a_sign_that_every_program_shows_points_at_nothing(lamps):
    tasks = lamps.tasks().train
    always = played(lamps, tasks, Waits(3))
    seen = SignsSeen(lamps)
    seen.take(always, truth(tasks))
    np.testing.assert_allclose(seen.fit().weight, 0, atol=0.02)


class Waits(RandomPolicy):
    def act(self, seen, memory, uniform):
        return np.full(len(uniform), 2), memory


def test_there_are_no_signs_where_too_little_was_seen(lamps):
    tasks = lamps.tasks().train[: LEAST - 1]
    seen = SignsSeen(lamps)
    assert seen.fit() is None
    seen.take(played(lamps, tasks), truth(tasks))
    assert seen.fit() is None
