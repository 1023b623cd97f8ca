"""IMPORT: which of its two policies plays, what the tie is, and which parameters each loss moves."""

import numpy as np
import pytest
import torch

from dreamctl.learning import identifiers


@pytest.fixture(params=["gradient", "q"])
def parts(request, made, forks):
    """A learner whose every weight matters, with whole trials of both policies."""
    learner = made("import", forks, learner=request.param)
    torch.manual_seed(0)
    torch.nn.init.normal_(learner.learner.net.head.weight, std=0.1)
    tasks, seeds = learner.trials.draw(0)
    return learner, learner.play(tasks, seeds), tasks


def moved(learner, weights, change):
    """Which of f, f_H, and the head change."""
    net = learner.learner.net
    modules = {"f": [learner.f], "f_H": [net.f_H], "head": [net.body, net.head]}
    before = {name: weights(*some) for name, some in modules.items()}
    change()
    return {name for name, some in modules.items() if not torch.equal(before[name], weights(*some))}


def test_the_informed_policys_loss_moves_f_and_the_head(parts, weights):
    learner, trial, tasks = parts
    assert learner.informed
    assert moved(learner, weights, lambda: learner.learn(trial, trial.reward + 1, tasks, 0.0)) == {"f", "head"}


def test_the_recurrent_policys_loss_moves_its_memory_and_the_head(parts, weights):
    learner, trial, tasks = parts
    learner.iterations = 1
    assert not learner.informed
    assert moved(learner, weights, lambda: learner.learn(trial, trial.reward + 1, tasks, 0.0)) == {"f_H", "head"}


def test_the_tie_moves_the_memory_alone(parts):
    learner, trial, tasks = parts
    x, valid = learner.inputs.of_episodes(trial), torch.from_numpy(trial.valid)
    learner.distance(x, valid, identifiers(tasks)).backward()
    net = learner.learner.net
    assert all(p.grad is not None for p in net.f_H.parameters())
    assert all(p.grad is None for module in (learner.f, net.body, net.head) for p in module.parameters())


def test_the_tie_is_the_squared_distance_at_every_position_that_is_one(parts):
    learner, trial, tasks = parts
    with torch.no_grad():
        h = learner.learner.net.f_H(learner.inputs.of_episodes(trial)).numpy()
        z = learner.f(identifiers(tasks)).numpy()
    expected = [
        sum(((h[row, t] - z[row]) ** 2).sum() for t in np.flatnonzero(trial.valid[row])) for row in range(len(trial))
    ]
    distance = learner.distance(learner.inputs.of_episodes(trial), torch.from_numpy(trial.valid), identifiers(tasks))
    assert distance.item() == pytest.approx(np.mean(expected), rel=1e-4)


def test_the_policies_take_turns_and_both_pay_attention_to_their_own_embedding(made, forks):
    learner = made("import", forks)
    for kind in ("informed", "recurrent", "informed"):
        assert any(name.startswith(kind) for name in learner.iterate())
    net = learner.learner.net
    torch.nn.init.normal_(net.head.weight, std=0.3)
    torch.nn.init.normal_(net.f_H.head.weight, std=0.3)
    tasks, seeds = learner.trials.draw(5)
    x = learner.inputs.of_episodes(learner.play(tasks, seeds))
    with torch.no_grad():
        z = learner.f(identifiers(tasks))
        assert not torch.equal(net(x, z), net(x, z + 1))
        torch.testing.assert_close(net(x), net(x, net.f_H(x)))


@pytest.mark.parametrize("tie", [1.0, 0.0])
def test_a_tied_memory_finds_the_way_by_a_signpost_while_a_free_one_is_still_guessing(tie, learned, tested, signpost):
    learner = learned("import", signpost(3), steps=40_000, batch=128, tie=tie)
    _, execution = tested(learner, 1)
    if tie:
        assert execution.returns.mean() >= 0.95
    else:
        assert execution.returns.mean() <= 0.75
