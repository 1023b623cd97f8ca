"""The running classifier: the same answer acting and judging."""

import copy

import attrs
import numpy as np
import pytest
import torch

from dreamctl import Policy, Problem, RandomPolicy, Seen
from dreamctl.algorithms.running import RunningJudge
from dreamctl.learning import Trials, base_rates, running_statistics
from dreamctl.simulation.episodes import cut, follow
from dreamctl.testing import switches


class Following(Policy):
    """A random player that keeps what the judge believes as it plays."""

    def __init__(self, follower, actions):
        self.follower, self.random, self.beliefs = follower, RandomPolicy(actions), []

    def start(self, batch, condition=None):
        return self.follower.start(batch)

    def act(self, seen, memory, uniform):
        memory = self.follower.step(seen, memory)
        self.beliefs.append(self.follower.belief(memory, np.arange(len(seen.action))))
        return self.random.act(seen, None, uniform)[0], memory


def seen_in(episodes):
    """What a player had before it at each position."""
    for t in range(episodes.episode.shape[1]):
        yield Seen(
            observation=episodes.observation[:, t],
            action=episodes.action[:, t - 1] if t else np.full(len(episodes), -1),
            reward=episodes.reward[:, t - 1] if t else np.zeros(len(episodes), np.float32),
            new_episode=episodes.starts[:, t],
            taken=np.zeros(len(episodes), int),
        )


@pytest.fixture
def judge(forks, left_or_tile):
    judge = RunningJudge(Problem(environment=forks, rubric=left_or_tile, tasks=forks.tasks()))
    torch.manual_seed(0)
    torch.nn.init.normal_(judge.net.head.weight)
    return judge


def new_like(judge):
    return RunningJudge(judge.problem)


@pytest.mark.parametrize("learned", [False, True], ids=["new", "learned"])
def test_followed_step_by_step_it_believes_what_it_says_of_the_whole_sequence(judge, played, left_or_tile, learned):
    if learned:
        episodes = played(20, seed=1)
        judge.learn(episodes, left_or_tile.targets(episodes.tasks))
        judge, old = new_like(judge), judge
        judge.load(copy.deepcopy(old.state()))
    policy = Following(judge.follower(), 3)
    episodes = played(20, policy=policy)
    acted = np.stack(policy.beliefs, 1)  # [B, T, L]
    now = episodes.valid[:, : acted.shape[1]]
    np.testing.assert_allclose(acted[now], judge.predict(episodes)[:, : acted.shape[1]][now], rtol=0, atol=1e-5)


def test_what_it_believes_of_a_row_does_not_depend_on_which_rows_are_asked(judge, played):
    policy = Following(judge.follower(), 3)
    memory = policy.start(20)
    for seen in seen_in(played(20)):
        memory = policy.follower.step(seen, memory)
        every = policy.follower.belief(memory, np.arange(20))
        np.testing.assert_array_equal(policy.follower.belief(memory, np.array([7, 3])), every[[7, 3]])


def test_answers_know_nothing_of_the_future(judge, played, other_future):
    one, other = played(8), played(8, seed=1)
    before, after = judge.predict(one), judge.predict(other_future(one, other, 5))
    np.testing.assert_array_equal(before[:, :6], after[:, :6])
    assert (before[:, 6] != after[:, 6]).any()


def test_padding_changes_no_answer(judge, played, padded):
    episodes = played(8)
    answers, longer = judge.predict(episodes), judge.predict(padded(episodes, 3))
    np.testing.assert_allclose(longer[:, :-3], answers, rtol=0, atol=1e-5)
    np.testing.assert_allclose(longer[:, -3:], np.repeat(answers[:, -1:], 3, 1), rtol=0, atol=1e-5)


def test_it_learns_what_a_switch_shows_from_few_programs():
    environment, rubric = switches(3)
    shown = ("works", "broken")
    environment = attrs.evolve(environment, features=shown, outcomes=shown)
    problem = Problem(environment=environment, rubric=rubric, tasks=environment.tasks())
    judge, trials = RunningJudge(problem), Trials(problem, 64)
    for n in range(10):
        episodes = trials.explore(RandomPolicy(3), *trials.draw(n))
        judge.learn(episodes, rubric.targets(episodes.tasks))
    episodes = trials.explore(RandomPolicy(3), *trials.draw(10))
    y, p = rubric.targets(episodes.tasks), judge.predict(episodes)[:, -1]
    pressed = (episodes.action[..., None] == np.arange(3)).any(1)
    np.testing.assert_array_equal((p > 0.5)[pressed], (y > 0.5)[pressed])
    assert np.abs(p - y)[pressed].mean() < 0.1


def test_saved_and_restored_it_goes_on_bit_for_bit(judge, played, left_or_tile):
    first, second = played(20), played(20, seed=1)
    judge.learn(first, left_or_tile.targets(first.tasks))
    restored = new_like(judge)
    restored.load(copy.deepcopy(judge.state()))
    for each in (judge, restored):
        each.learn(second, left_or_tile.targets(second.tasks))
    np.testing.assert_array_equal(judge.predict(first), restored.predict(first))


# --- fitted as the judge of a run ------------------------------------------------------------------------------------


def lamps(**options):
    environment, rubric = switches(3)
    shown = ("works", "broken")
    environment = attrs.evolve(environment, features=shown, outcomes=shown)
    named = {f"classifier.{name}": value for name, value in options.items()}
    return Problem(environment=environment, rubric=rubric, tasks=environment.tasks(), options=named)


def gathered(problem, batches=6):
    """A fitted judge, and fresh explorations of random players, who press some switches and not others."""
    judge, trials = RunningJudge(problem), Trials(problem, 64)
    for n in range(batches):
        episodes = trials.explore(RandomPolicy(3), *trials.draw(n))
        assert judge.gather(episodes, problem.rubric.targets(episodes.tasks)) == {}
    assert judge.finish().keys() == {"nats", "settling"}
    return judge, trials.explore(RandomPolicy(3), *trials.draw(batches))


@pytest.fixture(scope="module")
def fitted():
    return gathered(lamps())


def nats(probability, truth):
    return -np.log(np.where(truth > 0.5, probability, 1 - probability)).mean()


def test_fitted_it_knows_what_was_shown_after_every_prefix_and_no_more(fitted):
    judge, episodes = fitted
    truth = lamps().rubric.targets(episodes.tasks)
    probability = judge.predict(episodes)
    rate = base_rates(truth)
    for t in range(4):
        pressed = (episodes.action[:, :t, None] == np.arange(3)).any(1)  # [B, L]
        np.testing.assert_array_equal((probability[:, t] > 0.5)[pressed], (truth > 0.5)[pressed])
        told = nats(probability[:, t], truth) / nats(np.broadcast_to(rate, truth.shape), truth)
        assert told == pytest.approx(1 - pressed.mean(), abs=0.15), "a switch tells all about its lamp"


def test_what_was_gathered_is_kept_as_statistics_of_prefixes_the_whole_one_last(played, forks, left_or_tile):
    problem = Problem(environment=forks, rubric=left_or_tile, tasks=forks.tasks(), options={"classifier.cuts": 6})
    judge, episodes = RunningJudge(problem), played(20)
    targets = left_or_tile.targets(episodes.tasks)
    judge.gather(episodes, targets)
    ((x, y),) = judge.gathered
    assert x.shape == (20, 6, judge.features)
    np.testing.assert_array_equal(y, targets)
    every = running_statistics(forks, episodes)
    np.testing.assert_array_equal(x[:, -1], every[:, -1])
    for row in range(20):
        kept = [(every[row] == prefix).all(1).any() for prefix in x[row]]
        assert all(kept)
        for last in np.flatnonzero(np.diff(episodes.episode[row]))[:2]:  # of the first two episodes
            assert (x[row] == every[row, last]).all(1).any()


def test_verdicts_are_settled_where_nothing_can_change_any_more(fitted):
    judge, episodes = fitted
    pressed = [(episodes.action[:, :t, None] == np.arange(3)).any(1).sum(1) for t in range(4)]
    unsettled = [judge.unsettled(cut(episodes, np.full(len(episodes), t)))[0] for t in range(4)]
    assert unsettled[0].dtype == np.float32
    assert unsettled[3][pressed[3] == 3].max() < 0.2
    assert unsettled[0].min() > 0.5
    assert np.mean(unsettled[0]) > np.mean(unsettled[1]) > np.mean(unsettled[2]) > np.mean(unsettled[3])


def test_only_a_judge_that_was_fitted_can_tell_whether_it_is_settled(judge, fitted):
    assert not judge.settles
    assert fitted[0].settles


def test_fitted_saved_and_restored_it_answers_the_same(fitted):
    judge, episodes = fitted
    restored = new_like(judge)
    restored.load(copy.deepcopy(judge.state()))
    np.testing.assert_array_equal(judge.predict(episodes), restored.predict(episodes))
    np.testing.assert_array_equal(judge.unsettled(episodes)[0], restored.unsettled(episodes)[0])


def test_whether_it_is_settled_can_be_asked_of_one_part_after_the_other(fitted):
    judge, episodes = fitted
    whole, _ = judge.unsettled(follow(episodes, episodes))
    _, memory = judge.unsettled(episodes)
    np.testing.assert_array_equal(judge.unsettled(episodes, memory)[0], whole)


def test_fitting_is_a_function_of_the_seed_and_of_what_was_gathered():
    problem = lamps(passes=2)
    (one, episodes), _, (other, _) = (gathered(problem, 2), torch.rand(5), gathered(problem, 2))
    np.testing.assert_array_equal(one.predict(episodes), other.predict(episodes))
    elsewhere, _ = gathered(attrs.evolve(problem, seed=1), 2)
    assert (one.predict(episodes) != elsewhere.predict(episodes)).any()
