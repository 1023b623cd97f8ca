"""task-id: DREAM's parts on the task's identity."""

import attrs
import numpy as np
import pytest
import torch
from torch.nn import functional

from dreamctl import Task, TaskSet, UsageError
from dreamctl.algorithms.task_id import OneHot, TaskId
from dreamctl.learning import identifiers, information_gain
from dreamctl_hallway import hallway


@pytest.fixture
def parts(made):
    learner = made("task-id", hallway(hallways=2, length=2, sign=2, noise=1))
    tasks, seeds = learner.trials.draw(0)
    tau = learner.trials.explore(learner.exploration.policy(1.0), tasks, seeds)
    return learner, tau, identifiers(tasks)


def test_each_training_task_has_a_place_and_others_have_none():
    known = torch.tensor([[0, 1], [2, 0], [2, 1]])
    rows = OneHot(known)(torch.tensor([[2, 1], [0, 1], [5, 5]]))
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 0]]


def test_the_decoder_minimises_the_cross_entropy_of_the_identity(parts):
    learner, tau, mu = parts
    torch.nn.init.normal_(learner.g.net.head.weight)
    g = learner.g.net(learner.g.inputs.of_episodes(tau))
    identity = learner.f(mu).argmax(1)
    loss = learner._distance(g, mu.numpy())
    for t in range(g.shape[1]):
        torch.testing.assert_close(loss[:, t], functional.cross_entropy(g[:, t], identity, reduction="none"))


def test_the_explorer_earns_what_it_tells_about_the_identity(parts):
    learner, tau, mu = parts
    torch.nn.init.normal_(learner.g.net.head.weight)
    g = learner.g.outputs(tau)
    log_q = learner.log_likelihood(mu, learner.f(mu), g)
    expected = np.log(
        np.take_along_axis(
            np.exp(g) / np.exp(g).sum(2, keepdims=True), learner.f(mu).argmax(1).numpy()[:, None, None], 2
        )
    )[..., 0]
    np.testing.assert_allclose(log_q, np.maximum(expected, np.log(1e-3)), rtol=1e-4, atol=1e-5)
    last = tau.valid.sum(1) - 1
    told = log_q[np.arange(len(tau)), last] - log_q[:, 0]
    np.testing.assert_allclose(information_gain(log_q, tau).sum(1), told, rtol=1e-4, atol=1e-5)


def test_at_test_time_execution_is_given_the_softmax(parts):
    learner, tau, _ = parts
    condition = learner.condition(tau)
    torch.testing.assert_close(condition.sum(1), torch.ones(len(tau)))
    assert condition.shape == (len(tau), 4)


def test_it_has_no_settings_of_a_bottleneck(made):
    with pytest.raises(UsageError, match="--set bottleneck"):
        made("task-id", hallway(hallways=2), bottleneck="none")


def test_tasks_without_end_have_no_places(made):
    endless = attrs.evolve(
        hallway(hallways=2),
        tasks=lambda: TaskSet(
            train=[Task(key="a", params=(0, 0), identifier=(0,))],
            sample=lambda rng: Task(key="b", params=(1, 0), identifier=(1,)),
        ),
    )
    with pytest.raises(UsageError, match="also generates others"):
        made("task-id", endless)


class NoGain(TaskId):
    """An explorer that earns nothing."""

    def reward(self, log_q, tau, execution):
        return np.zeros_like(tau.reward)


@pytest.mark.parametrize("kind", [TaskId, NoGain])
def test_where_nothing_distracts_the_gain_about_the_identity_reads_the_sign(kind, made, tested):
    given = made("task-id", hallway(hallways=2, length=2, sign=2), steps=40_000, batch=128).problem
    learner = kind(given)
    while learner.steps < given.steps:
        learner.iterate()
    exploration, execution = tested(learner, 1)
    assert execution.returns.mean() == (1 if kind is TaskId else 1 / 2)
    assert exploration.observation[:, :, 2].any(1).all() == (kind is TaskId)
