"""Pictures stay bytes until a network looks at them."""

import attrs
import numpy as np
import pytest
import torch
from gymnasium import spaces

from dreamctl import Environment, Episodes, PluginError, Task, TaskSet
from dreamctl.learning.inputs import Inputs
from dreamctl.learning.networks import Eye, Recurrent
from dreamctl.learning.pictures import halved, packed_size, pictures_of, write_picture

SHAPE = (30, 41, 3)  # bytes that do not fill a whole number of features


def a_picture(*lead):
    return np.random.default_rng(0).integers(256, size=(*lead, *SHAPE), dtype=np.uint8)


def packed(pictures, more=0):
    out = np.zeros((*pictures.shape[:-3], packed_size(SHAPE) + more), np.float32)
    write_picture(pictures, out)
    return torch.from_numpy(out)


def inputs(**more):
    environment = Environment(
        **more,
        name="pictures",
        observation_space=spaces.Box(0, 255, SHAPE, np.uint8),
        actions=("a", "b"),
        exploration_steps=3,
        tasks=lambda: TaskSet(train=[Task(key="one", params=())], shared=True),
        simulator=lambda batch: None,
    )
    return Inputs(environment)


@pytest.fixture
def played_pictures():
    """Inputs that halve pictures, and two short explorations that saw some."""
    given, nothing = inputs(halve=True), np.zeros((2, 3))
    episodes = Episodes(
        observation=a_picture(2, 4),
        action=nothing.astype(np.int64),
        reward=nothing.astype(np.float32),
        terminated=nothing.astype(bool),
        mask=~nothing.astype(bool),
        episode=np.zeros((2, 4), np.int32),
        seeds=np.zeros(2, np.uint64),
        failure=np.zeros(2, np.uint8),
        executing=np.zeros((2, 4), bool),
    )
    return given, episodes


def test_pictures_come_out_as_they_went_in_whatever_is_picked():
    pictures = a_picture(5, 4)
    features = packed(pictures, more=3)[torch.tensor([3, 1])]
    seen = pictures_of(features.flatten(0, 1), SHAPE).numpy()
    np.testing.assert_array_equal(seen, pictures[[3, 1]].reshape(-1, *SHAPE))


def test_the_features_of_a_picture_take_a_quarter_of_its_bytes_and_are_not_measured():
    given = inputs()
    assert given.size == packed_size(SHAPE) + 2 + 3
    assert given.size.picture == SHAPE
    assert not given.measured.any()


def test_a_halved_picture_has_the_mean_of_two_by_two_pixels_and_no_odd_edge():
    pictures = a_picture(2)
    means = pictures[:, :, :40].reshape(2, 15, 2, 20, 2, 3).mean((2, 4))
    np.testing.assert_array_equal(halved(pictures), np.floor(means + 0.5))


def test_only_pictures_that_nothing_but_networks_looks_at_are_halved():
    environment = inputs(halve=True).environment
    for change in (
        {"observation_space": spaces.Box(0, 1, (4,))},
        {"derived": lambda seen: seen[..., :1]},
        {"skills": lambda seen: seen, "skill_names": ("wait",)},
    ):
        with pytest.raises(PluginError, match="'halve' is for uint8 Boxes of three dimensions"):
            attrs.evolve(environment, **change)


def test_what_a_network_sees_of_halved_pictures_is_the_same_whoever_halved_them(played_pictures):
    given, episodes = played_pictures
    kept = given.looked_at(episodes)
    assert kept.observation.shape[2:] == given.picture == (15, 20, 3)
    assert given.looked_at(kept) is kept
    bits = [given.of_episodes(seen).view(torch.int32) for seen in (kept, episodes)]  # bytes may be read as NaN
    assert torch.equal(*bits)


def test_a_picture_that_repeats_looks_as_it_did_and_as_alone():
    torch.manual_seed(0)
    eye, pictures = Eye(SHAPE, out=8), a_picture(2, 3)
    pictures[:, 2] = pictures[:, 1]
    together = eye(packed(pictures))
    alone = torch.stack([eye(packed(pictures[:, t])) for t in range(3)], 1)
    torch.testing.assert_close(together, alone)
    assert torch.equal(together[:, 1], together[:, 2])
    assert not torch.equal(together[:, 0], together[:, 1])


def test_a_network_steps_through_pictures_as_it_reads_them_at_once():
    torch.manual_seed(0)
    size = inputs().size
    net, x = Recurrent(size, 2, hidden=8), packed(a_picture(3, 4), more=int(size) - packed_size(SHAPE))
    x[..., packed_size(SHAPE) :] = torch.rand(3, 4, 5)
    net.standardise_by(x.flatten(0, 1), inputs().measured)
    memory, steps = net.start(3), []
    for t in range(4):
        out, memory = net.step(x[:, t], memory)
        steps.append(out)
    torch.testing.assert_close(torch.stack(steps, 1), net(x))
