"""The recurrent classifier."""

import copy

import attrs
import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli

from dreamctl import Problem, RandomPolicy, TaskSet
from dreamctl.algorithms.recurrent import RecurrentJudge, cross_entropy
from dreamctl.learning import Trials
from dreamctl.testing import switches


def problem(forks, rubric, **changes):
    return Problem(**{"environment": forks, "rubric": rubric, "tasks": forks.tasks(), **changes})


@pytest.fixture
def judge(forks, left_or_tile):
    judge = RecurrentJudge(problem(forks, left_or_tile, options={"classifier.hidden": 16}))
    torch.nn.init.normal_(judge.decoder.net.head.weight)
    return judge


def test_it_begins_with_the_base_rates_after_every_prefix(forks, left_or_tile, played):
    train = [task for task in forks.tasks().train if task.labels["left"] or task.labels["tile"]]
    train[0] = attrs.evolve(train[0], labels={"tile": train[0].labels["tile"]})  # its other label is unknown
    judge = RecurrentJudge(problem(forks, left_or_tile, tasks=TaskSet(train=train)))
    rates = np.nanmean(left_or_tile.targets(train), 0)
    said = judge.predict(played(5))
    np.testing.assert_allclose(said, np.broadcast_to(rates, said.shape), rtol=0, atol=1e-6)

    unlabelled = [attrs.evolve(task, labels={}) for task in train]
    judge = RecurrentJudge(problem(forks, left_or_tile, tasks=TaskSet(train=unlabelled)))
    assert (judge.predict(played(5)) == 0.5).all()


def test_it_learns_what_a_switch_shows():
    environment, rubric = switches(3)
    given = Problem(
        environment=environment, rubric=rubric, tasks=environment.tasks(), options={"classifier.learning_rate": 1e-2}
    )
    judge, trials = RecurrentJudge(given), Trials(given, 64)
    for n in range(100):
        episodes = trials.explore(RandomPolicy(3), *trials.draw(n))
        nats = judge.learn(episodes, rubric.targets(episodes.tasks))["nats"]
    episodes = trials.explore(RandomPolicy(3), *trials.draw(100))
    y, p = rubric.targets(episodes.tasks), judge.predict(episodes)[:, -1]
    pressed = (episodes.action[..., None] == np.arange(3)).any(1)
    assert np.abs(p - y)[pressed].max() < 0.1
    assert np.abs(p - 0.5)[~pressed].max() < 0.2
    # after 0, 1, 2, 3 random presses (2/3)^n of the lamps are unknown, each worth log 2
    assert nats == pytest.approx(np.log(2) * np.mean([(2 / 3) ** n for n in range(4)]), abs=0.05)


def test_answers_know_nothing_of_the_future(judge, played, other_future):
    one, other = played(8), played(8, seed=1)
    before, after = judge.predict(one), judge.predict(other_future(one, other, 5))
    np.testing.assert_array_equal(before[:, :6], after[:, :6])
    assert (before[:, 6] != after[:, 6]).any()


def test_the_loss_is_torchs_own_and_unknown_labels_are_left_out():
    torch.manual_seed(0)
    logits = torch.randn(5, 4, 3)
    y = np.random.default_rng(0).integers(2, size=(5, 3)).astype(np.float32)
    expected = -Bernoulli(logits=logits).log_prob(torch.from_numpy(y)[:, None].expand(-1, 4, -1))
    torch.testing.assert_close(cross_entropy(logits, y), expected.mean(2))
    y[:, 1] = np.nan
    torch.testing.assert_close(cross_entropy(logits, y), expected[..., [0, 2]].mean(2))
    assert not cross_entropy(logits, np.full((5, 3), np.nan, np.float32)).any()


def test_saved_and_restored_it_goes_on_bit_for_bit(judge, forks, left_or_tile, played):
    first, second = played(20), played(20, seed=1)
    judge.learn(first, left_or_tile.targets(first.tasks))
    restored = RecurrentJudge(problem(forks, left_or_tile, options={"classifier.hidden": 16}))
    restored.load(copy.deepcopy(judge.state()))
    for each in (judge, restored):
        each.learn(second, left_or_tile.targets(second.tasks))
    np.testing.assert_array_equal(judge.predict(first), restored.predict(first))
