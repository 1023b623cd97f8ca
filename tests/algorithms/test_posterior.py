"""Exact posterior sampling and the told control, on worlds whose returns are known."""

import attrs
import gymnasium
import numpy as np
import pytest

from dreamctl import Problem, ReplayPolicy, keys, open_simulator, rollout
from dreamctl.algorithms.posterior import PosteriorSampling
from dreamctl.algorithms.told import Told
from dreamctl_hallway import hallway
from dreamctl_hallway.scripted import ToTheSign

N = 8


def problem(**options):
    environment = hallway(**options)
    return Problem(environment=environment, tasks=environment.tasks())


def explore(problem, policy, tasks, seeds):
    environment = problem.environment
    return rollout(
        open_simulator(environment, len(tasks)),
        policy,
        tasks,
        seeds,
        steps=environment.exploration_steps,
        episodes=environment.exploration_episodes,
        reward_seen=environment.reward_seen,
    )


def trials(problem, learner, explorer=None, batch=4000):
    """The returns [B] of so many trials, and the condition of their executions."""
    environment, every = problem.environment, problem.tasks.test
    tasks = [every[i % len(every)] for i in range(batch)]
    seeds = keys(np.arange(batch, dtype=np.uint64), 3)
    explorations = explore(problem, explorer or learner.explorer(), tasks, keys(seeds, 0))
    condition = learner.condition(explorations)
    executions = rollout(
        open_simulator(environment, batch),
        learner.executor(),
        tasks,
        keys(seeds, 1),
        steps=environment.execution_steps,
        condition=condition,
    )
    return executions.returns, condition


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"reward_seen": True}, 2 / N), ({}, 1 / N), ({"noise": 2}, 1 / N), ({"reward_seen": True, "noise": 2}, 2 / N)],
)
def test_posterior_sampling_tries_one_hallway(options, expected):
    given = problem(**options)
    returns, _ = trials(given, PosteriorSampling(given))
    stderr = np.sqrt(expected * (1 - expected) / len(returns))
    assert abs(returns.mean() - expected) < 4 * stderr


class Truncating(gymnasium.Wrapper):
    """Ends that are called truncations."""

    def step(self, action):
        observation, reward, terminated, _, info = self.env.step(action)
        return observation, reward, False, terminated, info


@pytest.mark.parametrize("truncating", [False, True])
def test_after_an_exploration_posterior_sampling_succeeds_with_exactly_two_in_n(truncating):
    given = problem(reward_seen=True)
    if truncating:
        plain = given.environment.env
        environment = attrs.evolve(given.environment, env=lambda params: Truncating(plain(params)), simulator=None)
        given = attrs.evolve(given, environment=environment)
    learner = PosteriorSampling(given)
    tried, right = (pair.ravel() for pair in np.mgrid[:N, :N])  # every hallway in every task
    tasks = [given.tasks.test[m] for m in right]
    walks = ReplayPolicy(np.repeat(tried[:, None], 9, 1))
    posterior = learner.condition(explore(given, walks, tasks, np.arange(N * N, dtype=np.uint64)))
    ruled_out = (np.eye(N)[tried] == (tried != right)[:, None]) & (np.eye(N)[tried] == 1)
    assert (posterior[ruled_out] == 0).all()
    np.testing.assert_allclose(posterior.sum(1), 1)
    assert posterior[np.arange(N * N), right].mean() == pytest.approx(2 / N)


def test_the_posterior_of_whoever_reads_the_sign_is_certain_and_execution_then_never_fails():
    given = problem(noise=1)
    learner = PosteriorSampling(given)
    returns, posterior = trials(given, learner, explorer=ToTheSign(N + 1), batch=64)
    assert (returns == 1).all()
    assert (np.sort(posterior, 1)[:, -2:] == 0.5).all()  # the noise tile was not seen
    assert posterior[0].nonzero()[0].tolist() == [0, 1]


def test_several_explorations_rule_out_several_hallways():
    given = problem(reward_seen=True)
    given = attrs.evolve(given, environment=attrs.evolve(given.environment, exploration_episodes=3))
    returns, _ = trials(given, PosteriorSampling(given))
    stderr = np.sqrt(0.25 / len(returns))
    assert abs(returns.mean() - 4 / N) < 4 * stderr


def test_whoever_is_told_the_task_never_fails():
    given = problem(noise=2)
    returns, _ = trials(given, Told(given), batch=200)
    assert (returns == 1).all()


@pytest.mark.parametrize("learner", [PosteriorSampling, Told])
def test_there_is_nothing_to_learn_but_the_budget_is_spent(learner):
    given = problem(hallways=2)
    spent, fresh = learner(given), learner(given)
    assert spent.iterate() == {}
    fresh.load(spent.state())
    assert fresh.steps == given.steps
