"""The decoder: exact properties, and a world whose posterior can be computed."""

import copy

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch.nn import functional

import dreamctl
from dreamctl import Environment, Problem, RandomPolicy, Simulator, Step, Task, TaskSet
from dreamctl.learning import Decoder, DecoderOptions, Inputs, Trials

HEADS = (0.2, 0.8)  # how often either coin shows heads


class Coins(Simulator):
    """A coin is thrown at every step, and which of two coins it is has to be found out."""

    def __init__(self, batch):
        self.batch, self.heads = batch, np.full(batch, 0.5)
        self.keys, self.thrown = np.zeros(batch, np.uint64), np.zeros(batch, np.uint64)
        self.shown = np.full((batch, 1), 0.5, np.float32)

    def reset(self, params, seeds, rows, instructions=None):
        self.heads[rows], self.keys[rows], self.thrown[rows] = params, seeds, 0
        self.shown = self.shown.copy()
        self.shown[rows] = 0.5
        return self.shown

    def step(self, actions):
        uniform = dreamctl.random.uniform(dreamctl.random.bits(self.keys, self.thrown))
        self.thrown = self.thrown + np.uint64(1)
        self.shown = (uniform < self.heads).astype(np.float32)[:, None]
        return Step(self.shown, np.zeros(self.batch, np.float32), np.zeros(self.batch, bool))


def coins(batch):
    tasks = [Task(key=str(heads), params=heads, identifier=(n,)) for n, heads in enumerate(HEADS)]
    environment = Environment(
        name="coins",
        observation_space=spaces.Box(0, 1, (1,)),
        actions=("throw", "throw left-handed"),
        exploration_steps=6,
        tasks=lambda: TaskSet(train=tasks, test=tasks, shared=True),
        simulator=Coins,
    )
    return Problem(environment=environment, tasks=environment.tasks(), batch=batch)


def cross_entropy(logits, truth):
    y = torch.from_numpy(truth).float()[:, None].expand(logits.shape[:2])
    return functional.binary_cross_entropy_with_logits(logits[..., 0], y, reduction="none")


def truth(episodes):
    return np.array([task.identifier[0] for task in episodes.tasks])


def make(forks, **options):
    torch.manual_seed(0)
    return Decoder(Inputs(forks), 1, DecoderOptions(hidden=16, **options), seed=3)


def weights(net):
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def test_after_every_prefix_it_reaches_the_exact_posterior():
    torch.manual_seed(0)
    problem = coins(256)
    trials = Trials(problem, 256)
    decoder = Decoder(Inputs(problem.environment), 1, DecoderOptions(hidden=16, learning_rate=1e-2))
    for n in range(150):
        episodes = trials.explore(RandomPolicy(2), *trials.draw(n))
        decoder.learn(episodes, truth(episodes), cross_entropy, progress=n / 150)
    episodes = trials.explore(RandomPolicy(2), *trials.draw(150))
    odds = np.log(HEADS[1] / HEADS[0]) * np.cumsum(2 * episodes.observation[..., 0] - 1, 1)  # exact log odds [B, T+1]
    p, q = 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(-decoder.outputs(episodes)[..., 0]))
    divergence = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
    assert divergence.mean() < 0.01
    assert divergence.mean(0).max() < 0.02


def test_it_begins_with_what_its_bias_says(forks, played):
    decoder = make(forks)
    decoder.net.head.bias.data.fill_(0.7)
    assert (decoder.outputs(played(5)) == np.float32(0.7)).all()


def test_outputs_know_nothing_of_the_future(forks, played, other_future):
    decoder = make(forks)
    torch.nn.init.normal_(decoder.net.head.weight)
    one, other = played(8), played(8, seed=1)
    before, after = decoder.outputs(one), decoder.outputs(other_future(one, other, 5))
    np.testing.assert_array_equal(before[:, :6], after[:, :6])
    assert (before[:, 6] != after[:, 6]).any()


@pytest.mark.parametrize("whole", [0.0, 2.0])
def test_padding_changes_no_output_and_no_loss(measured, played, padded, whole):
    decoder = make(measured, whole=whole)
    torch.nn.init.normal_(decoder.net.head.weight)
    twin, episodes = copy.deepcopy(decoder), played(20)
    longer = padded(episodes, 4)
    np.testing.assert_allclose(
        twin.outputs(longer)[:, : episodes.valid.shape[1]], decoder.outputs(episodes), rtol=0, atol=1e-5
    )
    one = decoder.learn(episodes, truth(episodes), cross_entropy)
    other = twin.learn(longer, truth(longer), cross_entropy)
    assert other == pytest.approx(one, rel=1e-5)
    torch.testing.assert_close(weights(decoder.net), weights(twin.net), rtol=0, atol=2e-5)


def test_the_loss_is_the_mean_over_every_observation_that_there_was(forks, played):
    decoder = make(forks, minibatches=1)
    torch.nn.init.normal_(decoder.net.head.weight)
    episodes = played(20)
    logits = torch.from_numpy(decoder.outputs(episodes))
    expected = cross_entropy(logits, truth(episodes)).numpy()[episodes.valid].mean()
    assert decoder.learn(episodes, truth(episodes), cross_entropy) == pytest.approx(expected, rel=1e-5)


def test_more_weight_on_whole_explorations_fits_them_better(forks, played):
    episodes = played(40)
    end = np.arange(40), episodes.valid.sum(1) - 1
    losses = []
    for whole in (0.0, 5.0):
        decoder = make(forks, whole=whole, learning_rate=1e-2)
        for _ in range(20):
            decoder.learn(episodes, truth(episodes), cross_entropy)
        each = cross_entropy(torch.from_numpy(decoder.outputs(episodes)), truth(episodes))
        losses.append(each.numpy()[end].mean())
    assert losses[1] < losses[0]


def test_old_trials_are_learned_from_beside_fresh_ones(forks, played):
    first, second = played(20), played(20, seed=1)
    with_replay, without = make(forks, replayed=1.0), make(forks, replayed=0.0)
    for decoder in (with_replay, without):
        decoder.learn(first, truth(first), cross_entropy)
    assert torch.equal(weights(with_replay.net), weights(without.net)), "at first there is nothing to replay"
    for decoder in (with_replay, without):
        decoder.learn(second, truth(second), cross_entropy)
    assert not torch.equal(weights(with_replay.net), weights(without.net))
    assert (with_replay.replay.filled, without.replay.filled) == (40, 0)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_few_rows_are_enough(forks, played, rows):
    decoder = make(forks, minibatches=8)
    for seed in range(2):
        episodes = played(rows, seed=seed)
        assert np.isfinite(decoder.learn(episodes, truth(episodes), cross_entropy))
    assert torch.isfinite(weights(decoder.net)).all()


def test_saved_and_restored_it_learns_the_same(forks, played):
    decoder, first, second = make(forks), played(20), played(20, seed=1)
    decoder.learn(first, truth(first), cross_entropy)
    twin = Decoder(Inputs(forks), 1, DecoderOptions(hidden=16), seed=3)
    twin.load(copy.deepcopy(decoder.state()))
    losses = [each.learn(second, truth(second), cross_entropy, progress=0.5) for each in (decoder, twin)]
    assert losses[0] == losses[1]
    assert torch.equal(weights(decoder.net), weights(twin.net))
