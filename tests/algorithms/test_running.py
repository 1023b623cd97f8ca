"""The running classifier: the same answer acting and judging."""

import copy

import attrs
import numpy as np
import pytest
import torch

from dreamctl import Policy, Problem, RandomPolicy
from dreamctl.algorithms.running import RunningJudge
from dreamctl.learning import Inputs, PGLearner, PGOptions, QLearner, QOptions, Trials
from dreamctl.learning.acting import with_belief
from dreamctl.testing import switches


class Following(Policy):
    """A random player that keeps what the judge believes as it plays."""

    def __init__(self, follower, actions):
        self.follower, self.random, self.beliefs = follower, RandomPolicy(actions), []

    def start(self, batch, condition=None):
        return self.follower.start(batch)

    def act(self, seen, memory, uniform):
        belief, memory = self.follower.step(seen, memory)
        self.beliefs.append(belief)
        return self.random.act(seen, None, uniform)[0], memory


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


@pytest.mark.parametrize("kind", [QLearner, PGLearner])
def test_a_policy_that_acts_on_its_belief_acts_as_the_whole_sequence_says(judge, forks, played, kind):
    torch.manual_seed(1)
    learner = kind(Inputs(forks), (QOptions if kind is QLearner else PGOptions)(hidden=16), belief=2)
    torch.nn.init.normal_(learner.net.head.weight)
    greedy = {} if kind is QLearner else {"greedy": True}
    episodes = played(20, policy=learner.policy(follower=judge.follower(), **greedy))
    with torch.no_grad():
        x = with_belief(learner.inputs.of_episodes(episodes), judge.predict(episodes))
        best = learner.net(x)[:, :-1, :3].numpy().argmax(2)
    np.testing.assert_array_equal(best[episodes.mask], episodes.action[episodes.mask])


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
