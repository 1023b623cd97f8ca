"""The recurrent network, in float64, where a second route may differ by rounding only."""

import numpy as np
import pytest
import torch

from dreamctl.learning import Accumulating, Feedforward, Inputs, Modulated, Recurrent

ROUNDING = {"rtol": 0, "atol": 1e-12}


@pytest.fixture(params=[(Recurrent, 0), (Recurrent, 3), (Accumulating, 0)], ids=["plain", "conditioned", "accumulating"])
def net(request, forks):
    torch.manual_seed(0)
    network, condition = request.param
    return network(Inputs(forks).size, 4, hidden=16, condition=condition).double()


def condition(net, batch):
    return torch.randn(batch, net.condition, dtype=torch.float64) if net.condition else None


def inputs(forks, episodes):
    return Inputs(forks).of_episodes(episodes).double()


def test_acting_step_by_step_is_the_whole_sequence_at_once(forks, played, net):
    episodes = played(7)
    assert (episodes.episode == 2).any()
    x, z = inputs(forks, episodes), condition(net, 7)
    memory, steps = net.start(7), []
    for t in range(x.shape[1]):
        out, memory = net.step(x[:, t], memory, z)
        steps.append(out)
    torch.testing.assert_close(torch.stack(steps, 1), net(x, z), **ROUNDING)


def test_outputs_know_nothing_of_the_future(forks, played, other_future, net):
    one, other, z = played(7), played(7, seed=1), condition(net, 7)
    before = net(inputs(forks, one), z)
    for t in (0, 3, 8):
        after = net(inputs(forks, other_future(one, other, t)), z)
        assert torch.equal(before[:, : t + 1], after[:, : t + 1])
        assert not torch.equal(before[:, t + 1], after[:, t + 1])


def test_a_batch_is_its_rows(forks, played, net):
    x, z = inputs(forks, played(7)), condition(net, 7)
    alone = [net(x[row : row + 1], None if z is None else z[row : row + 1]) for row in range(7)]
    torch.testing.assert_close(torch.cat(alone), net(x, z), **ROUNDING)
    order = torch.tensor([3, 0, 6, 2, 5, 1, 4])
    torch.testing.assert_close(net(x[order], None if z is None else z[order]), net(x, z)[order], **ROUNDING)


def test_in_a_shard_of_fixed_size_a_row_does_not_depend_on_the_others(forks, played, net):
    net.float()
    x = Inputs(forks).of_episodes(played(16))
    z = None if not net.condition else torch.randn(16, net.condition)
    others, other_z = x.flip(0).clone(), None if z is None else z.flip(0).clone()
    others[5] = x[5]
    if other_z is not None:
        other_z[5] = z[5]
    assert torch.equal(net(x, z)[5], net(others, other_z)[5])


def test_padding_changes_no_output_before_it(forks, played, padded, net):
    episodes, z = played(7), condition(net, 7)
    longer = padded(episodes, 5)
    np.testing.assert_array_equal(longer.valid.sum(1), episodes.valid.sum(1))
    before, after = net(inputs(forks, episodes), z), net(inputs(forks, longer), z)
    torch.testing.assert_close(after[:, : before.shape[1]], before, **ROUNDING)


def test_memory_is_nothing_when_a_trial_begins_and_kept_from_episode_to_episode(forks, played, net):
    episodes, z = played(7), condition(net, 7)
    assert not any(part.any() for part in net.start(7)[:2])
    x = inputs(forks, episodes)
    second = np.argmax(episodes.episode == 1, 1)
    assert (second > 0).all()
    rows = torch.arange(7)
    kept = net(x, z)[rows, second]
    fresh = net.step(x[rows, second], net.start(7), z)[0]
    assert ((kept - fresh).abs().amax(1) > 1e-6).all()
    x[:, 0] += 1  # what the first episode began with is still known in the second
    assert ((net(x, z)[rows, second] - kept).abs().amax(1) > 1e-9).all()


@pytest.mark.parametrize("network", [Recurrent, Accumulating])
def test_what_is_remembered_of_a_trial_is_each_row_up_to_its_own_end(forks, played, padded, network):
    torch.manual_seed(0)
    net = network(Inputs(forks).size, 4, hidden=16).double()
    episodes = played(7)
    memory = net.remember(inputs(forks, episodes), episodes)
    for row, length in enumerate(episodes.valid.sum(1)):
        x, alone = inputs(forks, episodes)[row, None, :length], net.start(1)
        for t in range(length):
            _, alone = net.step(x[:, t], alone)
        for part, part_alone in zip(memory, alone, strict=True):
            torch.testing.assert_close(part[row], part_alone[0], **ROUNDING)
    longer = padded(episodes, 4)
    for part, part_longer in zip(memory, net.remember(inputs(forks, longer), longer), strict=True):
        assert torch.equal(part, part_longer)


@pytest.mark.parametrize("network", [Recurrent, Accumulating])
def test_a_head_that_begins_at_zero_predicts_its_bias(forks, played, network):
    net = network(Inputs(forks).size, 2, hidden=16, zero_head=True)
    net.head.bias.data = torch.tensor([0.5, -1.0])
    assert (net(Inputs(forks).of_episodes(played(3))) == net.head.bias).all()


def test_measured_features_are_centred_and_scaled_and_flags_left_alone():
    torch.manual_seed(0)
    net = Recurrent(3, 1, hidden=16).double()
    x = torch.randn(100, 3, dtype=torch.float64) * torch.tensor([2.0, 0.0, 7.0]) + torch.tensor([5.0, 1.0, 9.0])
    net.standardise_by(x, np.array([True, True, False]))
    seen = net.standard(x)
    usual = ((x[:, 0] - x[:, 0].mean()) / x[:, 0].std()).clamp(-5, 5)
    torch.testing.assert_close(seen[:, 0], usual, rtol=1e-12, atol=1e-12)
    assert seen[:, 1].abs().max() < 1e-12, "what never varies is nothing"
    assert torch.equal(seen[:, 2], x[:, 2].clamp(-5, 5))


@pytest.mark.parametrize("network", [Recurrent, Feedforward, Modulated])
def test_a_condition_of_each_position_counts_at_its_own_and_one_for_all_is_the_same_everywhere(forks, played, network):
    torch.manual_seed(0)
    net = network(Inputs(forks).size, 4, hidden=16, condition=3).double()
    x = inputs(forks, played(5))
    z = torch.randn(5, 3, dtype=torch.float64)
    every = z[:, None].expand(-1, x.shape[1], -1).clone()
    torch.testing.assert_close(net(x, every), net(x, z), **ROUNDING)
    changed = every.clone()
    changed[:, 4] += 1
    before, after = net(x, every), net(x, changed)
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.equal(before[:, 4], after[:, 4])
    out, _ = net.step(x[:, 0], net.start(5), changed[:, 0])
    torch.testing.assert_close(out, after[:, 0], **ROUNDING)


def test_a_condition_multiplies_what_is_seen(forks, played):
    torch.manual_seed(0)
    net = Modulated(Inputs(forks).size, 4, hidden=16, condition=3).double()
    x, nothing = inputs(forks, played(5)), torch.zeros(5, 3, dtype=torch.float64)
    with torch.no_grad():
        for part in (net.scaling, net.shift):
            part.bias.zero_()
    assert (net(x, nothing) == net(x, nothing)[0, 0]).all(), "times nothing, all that is seen is the same"
