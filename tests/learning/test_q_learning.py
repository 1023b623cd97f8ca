"""The Q-learner: exact properties, and a memory task whose values are known."""

import copy

import attrs
import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from dreamctl import Environment, Problem, Simulator, Step, Task, TaskSet
from dreamctl.learning import Inputs, QLearner, QOptions, Trials
from dreamctl.learning.q_learning import explore_around
from dreamctl.simulation.policy import Seen

CORRIDOR = 5


class Corridor(Simulator):
    """A cue at the start, a walk of `CORRIDOR` steps, and a choice that should be the cue: a T-maze."""

    def __init__(self, batch):
        self.batch, self.cue, self.at = batch, np.zeros(batch, int), np.full(batch, CORRIDOR + 1)

    def observe(self):
        return np.stack([np.where(self.at == 0, 1 + self.cue, 0), np.minimum(self.at, CORRIDOR)], 1)

    def reset(self, params, seeds, rows, instructions=None):
        self.cue, self.at = self.cue.copy(), self.at.copy()
        self.cue[rows], self.at[rows] = params, 0
        return self.observe()

    def step(self, actions):
        choosing = self.at == CORRIDOR
        self.at = np.minimum(self.at + 1, CORRIDOR + 1)
        return Step(self.observe(), (choosing & (actions == self.cue)).astype(np.float32), self.at > CORRIDOR)


def corridor(seed=0, batch=128):
    tasks = [Task(key=str(cue), params=cue) for cue in (0, 1)]
    environment = Environment(
        name="corridor",
        observation_space=spaces.MultiDiscrete([3, CORRIDOR + 1]),
        actions=("left", "right"),
        exploration_steps=CORRIDOR + 1,
        tasks=lambda: TaskSet(train=tasks, test=tasks, shared=True),
        simulator=Corridor,
    )
    return Problem(environment=environment, tasks=environment.tasks(), seed=seed, batch=batch)


@pytest.fixture
def learner(forks):
    torch.manual_seed(0)
    return QLearner(Inputs(forks), QOptions(hidden=16))


def weights(net):
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def test_it_solves_a_corridor_that_has_to_be_remembered_and_knows_what_it_is_worth():
    torch.manual_seed(0)
    problem = corridor()
    trials = Trials(problem, problem.batch)
    learner = QLearner(Inputs(problem.environment), QOptions(hidden=32, learning_rate=3e-3))
    iterations = 250
    for n in range(iterations):
        episodes = trials.explore(learner.policy(learner.ladder(problem.batch)), *trials.draw(n))
        learner.learn(episodes, episodes.reward, progress=n / iterations)
    greedy = trials.explore(learner.policy(), *trials.draw(iterations))
    assert greedy.returns.mean() == 1
    with torch.no_grad():
        q = learner.net(learner.inputs.of_episodes(greedy)).numpy()
    np.testing.assert_allclose(q[:, 0].max(1), 1, atol=0.1)
    cue = np.array([task.params for task in greedy.tasks])
    np.testing.assert_allclose(q[:, CORRIDOR], np.eye(2)[cue], atol=0.15)


def test_greedy_policies_do_not_use_their_uniform_numbers(learner, played):
    class Stirred(type(learner.policy())):
        def act(self, seen, memory, uniform):
            return super().act(seen, memory, 1 - uniform)

    plain = learner.policy()
    stirred = Stirred(learner.net, learner.inputs, 0.0)
    for policy in (plain, learner.policy(np.zeros(30))):
        np.testing.assert_array_equal(played(30, policy=policy).action, played(30, policy=stirred).action)


def test_below_epsilon_each_action_is_as_likely_and_above_it_nothing_is_random():
    uniform = (np.arange(3000) + 0.5) / 3000
    greedy = np.full(3000, 7)
    chosen = explore_around(greedy, 0.3, uniform, np.arange(3))
    assert (chosen[uniform >= 0.3] == 7).all()
    assert np.bincount(chosen[uniform < 0.3]).tolist() == [300, 300, 300]
    assert set(explore_around(greedy, 1.0, uniform, np.arange(3))) == {0, 1, 2}


def test_each_row_has_an_epsilon_of_its_own():
    uniform = np.array([0.0, 0.05, 0.55, 0.999999])
    chosen = explore_around(np.full(4, 7), np.array([0.0, 0.1, 0.6, 1.0]), uniform, np.arange(2))
    assert chosen.tolist() == [7, 1, 1, 1]


def test_noise_leaves_out_actions_that_end_the_episode(forks, played):
    ending = attrs.evolve(forks, ends=forks.actions[:1])
    torch.manual_seed(0)
    learner = QLearner(Inputs(ending), QOptions(hidden=8))
    taken = {at for at in played(30, policy=learner.policy(np.ones(30))).action.ravel().tolist() if at >= 0}
    assert taken == set(range(1, len(forks.actions)))


def test_the_ladder_falls_and_a_quarter_of_the_rows_stays_noisy(learner):
    ladder = learner.ladder(16)
    np.testing.assert_allclose(ladder[[0, 11]], [0.4, 0.4**8])
    assert (np.diff(ladder[:12]) < 0).all()
    assert (ladder[12:] == learner.options.noise).all()
    assert learner.ladder(1).tolist() == [0.4]


def test_what_it_does_is_best_by_the_values_of_the_whole_sequence(forks, played):
    torch.manual_seed(0)
    learner = QLearner(Inputs(forks), QOptions(hidden=16), condition=3)
    z = torch.randn(20, 3)
    episodes = played(20, policy=learner.policy(), condition=z)
    assert (episodes.episode > 0).any()
    with torch.no_grad():
        q = learner.net(learner.inputs.of_episodes(episodes), z).numpy()[:, :-1]
    np.testing.assert_array_equal(q.argmax(2)[episodes.mask], episodes.action[episodes.mask])


def test_values_know_nothing_of_the_future(learner, played, other_future):
    one, other = played(8), played(8, seed=1)
    values = [learner.net(learner.inputs.of_episodes(e)) for e in (one, other_future(one, other, 5))]
    assert torch.equal(values[0][:, :6], values[1][:, :6])
    assert not torch.equal(values[0][:, 6], values[1][:, 6])


def test_padding_changes_nothing_that_is_learned(measured, played, padded):
    torch.manual_seed(0)
    learner = QLearner(Inputs(measured), QOptions(hidden=16))
    twin = copy.deepcopy(learner)
    episodes = played(20)
    one = learner.learn(episodes, episodes.reward)
    longer = padded(episodes, 4)
    other = twin.learn(longer, longer.reward + 5 * ~longer.valid[:, 1:])
    assert other["loss"] == pytest.approx(one["loss"], rel=1e-5)
    torch.testing.assert_close(weights(learner.net), weights(twin.net), rtol=0, atol=2e-5)


def test_the_loss_is_half_the_squared_distance_to_the_lambda_return(forks, played):
    from dreamctl.learning import trial_returns

    torch.manual_seed(0)
    learner = QLearner(Inputs(forks), QOptions(hidden=16, minibatches=1, discount=0.9, lambda_=0.5))
    episodes = played(20)
    with torch.no_grad():
        q = learner.net(learner.inputs.of_episodes(episodes)).numpy()[:, :-1]
    target = trial_returns(episodes.reward, q.max(2), episodes.mask, episodes.valid, discount=0.9, lambda_=0.5)
    chosen = np.take_along_axis(q, np.maximum(episodes.action, 0)[..., None], 2)[..., 0]
    expected = 0.5 * ((chosen - target) ** 2)[episodes.mask].mean()
    assert learner.learn(episodes, episodes.reward)["loss"] == pytest.approx(expected, rel=1e-5)


def test_a_condition_is_learned_through_by_what_is_trained_too(forks, played):
    torch.manual_seed(0)
    table = nn.Embedding(6, 3)
    learner = QLearner(Inputs(forks), QOptions(hidden=16), condition=3, trained_too=table)
    before = table.weight.detach().clone()
    episodes = played(6)
    learner.learn(episodes, episodes.reward + 1, condition=lambda rows: table(rows))
    assert ((table.weight - before).abs().amax(1) > 0).all()


def test_fewer_rows_than_minibatches_are_enough(learner, played):
    episodes = played(1)
    assert np.isfinite(learner.learn(episodes, episodes.reward)["loss"])


def test_saved_and_restored_it_learns_the_same(learner, forks, played):
    first, second = played(20), played(20, seed=1)
    learner.learn(first, first.reward)
    twin = QLearner(Inputs(forks), QOptions(hidden=16))
    twin.load(copy.deepcopy(learner.state()))
    for each in (learner, twin):
        each.learn(second, second.reward, progress=0.5)
    assert torch.equal(weights(learner.net), weights(twin.net))


def test_a_noisy_row_that_departs_is_greedy_up_to_a_step_of_its_own(forks):
    learner = QLearner(Inputs(forks), QOptions(hidden=16, noise=1.0, noisy=0.5, departing=True))
    policy = learner.exploring(8)
    assert (policy.since[:4] == 0).all()
    assert policy.since[4] == 0
    assert policy.since[7] > 0
    best = torch.zeros(8, learner.inputs.actions)
    best[:, 1] = 1
    for taken in range(forks.exploration_steps):
        seen = Seen(
            observation=np.zeros((8, 1)),
            action=np.full(8, -1),
            reward=np.zeros(8, np.float32),
            new_episode=np.zeros(8, bool),
            taken=np.full(8, taken),
        )
        actions = policy.choose(best, seen, np.zeros(8))  # 0 says: at random, and the first action
        np.testing.assert_array_equal(actions == 0, policy.since <= taken)
    assert not QLearner(Inputs(forks), QOptions(hidden=16)).departures(8).any()
