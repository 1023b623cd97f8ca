"""From what is seen to features: the same while acting and while learning."""

import attrs
import numpy as np
import pytest
from gymnasium import spaces

from dreamctl import PluginError, RandomPolicy, Seen
from dreamctl.learning import Inputs, follow
from dreamctl.learning.inputs import space_size, write_space


class Noting(RandomPolicy):
    """A random player that keeps the features of everything it sees."""

    def __init__(self, environment):
        super().__init__(len(environment.actions))
        self.inputs, self.seen = Inputs(environment), []

    def act(self, seen, memory, uniform):
        self.seen.append(self.inputs.of_seen(seen).numpy())
        return super().act(seen, memory, uniform)


def features(space, value):
    value = np.asarray(value, space.dtype)
    out = np.full((*value.shape[: value.ndim - len(space.shape)], space_size(space)), np.nan, np.float32)
    assert write_space(space, value, out) == out.shape[-1]
    return out.tolist()


@pytest.mark.parametrize("executing", [False, True])
def test_what_is_seen_while_acting_is_what_is_read_from_the_episodes(forks, played, executing):
    policy = Noting(forks)
    episodes = played(9, policy=policy, executing=executing)
    read = Inputs(forks).of_episodes(episodes).numpy()
    acted = np.stack(policy.seen, 1)  # shorter where all trials ended early
    assert acted.shape[2] == Inputs(forks).size
    valid = episodes.valid[:, : acted.shape[1]]
    assert valid.sum() == episodes.valid.sum()
    np.testing.assert_array_equal(acted[valid], read[:, : acted.shape[1]][valid])


def test_exploration_and_execution_in_one_sequence_read_as_they_were_seen(forks, played):
    exploring, executing = Noting(forks), Noting(forks)
    first = played(9, policy=exploring)
    second = played(9, policy=executing, executing=True)
    read = Inputs(forks).of_episodes(follow(first, second)).numpy()
    for row, length in enumerate(first.valid.sum(1)):
        acted = [seen[row] for seen in exploring.seen[:length]]
        np.testing.assert_array_equal(read[row, :length], acted)
        acted = [seen[row] for seen in executing.seen[: second.valid[row].sum()]]
        np.testing.assert_array_equal(read[row, length : length + len(acted)], acted)


def test_an_instruction_is_read_in_execution_only(forks, played):
    whole = follow(played(5), played(5, executing=True))
    asked = Inputs(forks).of_episodes(whole).numpy()[..., -3:]
    assert not asked[~whole.executing].any()
    np.testing.assert_array_equal(asked[whole.executing].sum(1), 1)


def test_the_features_of_a_position_can_be_written_by_hand(forks):
    seen = Seen(
        observation=np.array([[3, 2, 0, 1, 2]], np.uint8),
        action=np.array([2]),
        reward=np.array([0.5], np.float32),
        new_episode=np.array([True]),
        taken=np.array([0]),
    )
    assert Inputs(forks).of_seen(seen).tolist() == [
        [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0.5, 1, 0, 0, 0, 0]
    ]
    first = attrs.evolve(seen, action=np.array([-1]), new_episode=np.array([False]))
    assert Inputs(forks).of_seen(first)[0, 16:].tolist() == [0, 0, 0, 0.5, 0, 0, 0, 0, 0]


def test_whole_numbers_become_one_hot_wherever_they_begin():
    assert features(spaces.Discrete(3, start=5), [6, 7]) == [[0, 1, 0], [0, 0, 1]]
    assert features(spaces.MultiDiscrete([2, 3]), [[1, 2]]) == [[0, 1, 0, 0, 1]]
    assert features(spaces.MultiDiscrete([[2], [2]], start=[[4], [-1]]), [[[5], [-1]]]) == [[0, 1, 1, 0]]
    assert features(spaces.MultiBinary(3), [[1, 0, 1]]) == [[1, 0, 1]]


def test_a_bounded_box_is_scaled_to_one_and_an_unbounded_one_left_alone():
    bounded = spaces.Box(np.array([0, -10], np.int16), np.array([4, 30], np.int16), dtype=np.int16)
    assert features(bounded, [[0, -10], [4, 30], [3, 10]]) == [[-1, -1], [1, 1], [0.5, 0]]
    assert features(spaces.Box(-np.inf, np.inf, (1,)), [[7.5]]) == [[7.5]]
    assert features(spaces.Box(0, np.inf, (1,)), [[7.5]]) == [[7.5]]
    largest = np.finfo(np.float32).max
    assert features(spaces.Box(-largest, largest, (1,)), [[7.5]]) == [[7.5]]
    picture = spaces.Box(0, 255, (2, 1, 2), np.uint8)
    assert features(picture, [[[[0, 255]], [[255, 0]]]]) == [[-1, 1, 1, -1]]


def test_a_space_that_cannot_be_learned_from_is_named():
    with pytest.raises(PluginError, match=r"^Text spaces cannot be learned from; use a Box"):
        space_size(spaces.Text(4))


def test_what_is_derived_stands_behind_the_flags_and_before_the_instruction_acting_and_learning(forks, played):
    def derived(observation):
        way, distance = observation[..., 0] / 4, observation[..., 1] / 4
        return np.stack([way * distance, way - distance], -1).astype(np.float32)

    plain, inputs = Inputs(forks), Inputs(attrs.evolve(forks, derived=derived))
    assert (inputs.derived, inputs.size) == (2, plain.size + 2)
    assert not inputs.measured[plain.size - 3 :].any()
    policy = Noting(forks)
    policy.inputs = inputs
    whole = follow(played(5), played(5, policy=policy, executing=True))
    read, without = inputs.of_episodes(whole).numpy(), plain.of_episodes(whole).numpy()
    np.testing.assert_array_equal(read[..., -5:-3], derived(whole.observation))
    np.testing.assert_array_equal(np.delete(read, [-5, -4], axis=-1), without)
    np.testing.assert_array_equal(policy.seen[0], read[np.arange(5), whole.executing.argmax(1)])


def test_its_columns_are_where_each_part_of_the_features_stands(forks, played):
    import torch

    inputs, episodes = Inputs(forks), played(6)
    x, columns = inputs.of_episodes(episodes).numpy(), inputs.columns
    assert [columns[name].start for name in columns] == [0, *(part.stop for part in columns.values())][:-1]
    assert columns["instruction"].stop == x.shape[2] == inputs.size
    row, t = np.nonzero(episodes.mask)
    np.testing.assert_array_equal(x[..., columns["action"]][row, t + 1].argmax(1), episodes.action[row, t])
    np.testing.assert_array_equal(x[..., columns["reward"]][row, t + 1, 0], episodes.reward[row, t])
    np.testing.assert_array_equal(x[..., columns["start"]][..., 0], episodes.starts)
    assert not x[..., columns["executing"]].any()
    assert torch.from_numpy(x[..., columns["observation"]]).sum(2).eq(5).all(), "five one-hot choices"
