"""RL2: one memory for a whole trial."""

import copy

import numpy as np
import pytest
import torch

from dreamctl import Problem
from dreamctl.algorithms.rl2 import Rl2
from dreamctl.learning import execute, explore, follow, trial_seeds
from dreamctl.simulation.open import open_simulator
from dreamctl_hallway import hallway

BOTH = pytest.mark.parametrize("learner", ["gradient", "q"])


def problem(environment, steps=2000, batch=16, seed=0, **options):
    return Problem(
        environment=environment, tasks=environment.tasks(), steps=steps, batch=batch, seed=seed, options=options
    )


def trials(given, learner):
    """One exploration and execution of every test task."""
    environment, tasks = given.environment, given.tasks.test
    simulator, seeds = open_simulator(environment, len(tasks)), trial_seeds(9, len(tasks))
    exploration = explore(environment, simulator, learner.explorer(), tasks, seeds).without_tasks()
    memory = learner.condition(exploration)
    return exploration, memory, execute(environment, simulator, learner.executor(), tasks, seeds, memory)


def learn(given):
    learner = Rl2(given)
    while learner.steps < given.steps:
        learner.iterate()
    return learner


@BOTH
def test_it_solves_two_hallways(learner):
    given = problem(hallway(hallways=2, length=2, sign=2), steps=100_000, batch=256, learner=learner)
    exploration, _, execution = trials(given, learn(given))
    assert execution.returns.mean() == 1
    assert exploration.observation[:, :, 2].any(), "it has read the sign"


@BOTH
def test_execution_goes_on_from_the_memory_of_the_joined_sequence(forks, learner):
    given = problem(forks, learner=learner)
    rl2 = learn(given)
    exploration, memory, execution = trials(given, rl2)
    with torch.no_grad():
        joined = rl2.learner.net(rl2.inputs.of_episodes(follow(exploration, execution))).numpy()
    joined = joined[..., : len(forks.actions)]
    before = exploration.valid.sum(1)
    for row, length in enumerate(before):
        steps = execution.mask[row].sum()
        np.testing.assert_array_equal(joined[row, length : length + steps].argmax(1), execution.action[row, :steps])
    x = rl2.inputs.of_episodes(execution)[:, 0]
    with torch.no_grad():
        first, _ = rl2.learner.net.step(x, memory)
    acted = first.numpy()[:, : len(forks.actions)]
    np.testing.assert_allclose(acted, joined[np.arange(len(acted)), before], atol=1e-5)


def test_a_trial_begins_with_no_memory_of_the_one_before(forks):
    given = problem(forks)
    rl2 = learn(given)
    one, _, _ = trials(given, rl2)
    again, _, _ = trials(given, rl2)
    np.testing.assert_array_equal(one.action, again.action)
    assert not any(part.any() for part in rl2.learner.net.start(3))


def test_exploration_rewards_count_unless_they_are_told_not_to():
    """Where only exploration pays and it does not count, there is nothing to learn a value from."""
    environment = hallway(hallways=2, length=2, sign=2, reward_seen=True)
    values = {}
    for counts in (True, False):
        given = problem(environment, steps=30_000, batch=64, learner="q", exploration_counts=counts, discount=1.0)
        rl2 = Rl2(given)
        while rl2.steps < given.steps:
            values[counts] = rl2.iterate()["rl2/value"]
    assert values[True] > 1.2, "both episodes pay"
    assert values[False] < 1.1, "the execution alone pays"


@BOTH
def test_saved_and_restored_it_goes_on_bit_for_bit(forks, learner):
    given = problem(forks, learner=learner)
    rl2 = Rl2(given)
    for _ in range(3):
        rl2.iterate()
    restored = Rl2(given)
    restored.load(copy.deepcopy(rl2.state()))
    assert restored.steps == rl2.steps > 0
    for _ in range(2):
        assert dict(rl2.iterate()) == dict(restored.iterate())
    one, other = rl2.state(), restored.state()
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(np.asarray(one[name]), np.asarray(other[name]))


@BOTH
def test_the_same_seed_gives_the_same_weights(forks, learner):
    def weights(seed):
        rl2 = Rl2(problem(forks, learner=learner, seed=seed))
        rl2.iterate()
        return torch.cat([p.detach().flatten() for p in rl2.learner.net.parameters()])

    assert torch.equal(weights(3), weights(3))
    assert not torch.equal(weights(3), weights(4))
