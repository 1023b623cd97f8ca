import attrs
import numpy as np
import pytest

from dreamctl.learning.replay import Replay
from dreamctl.simulation.episodes import Episodes


def episodes(rows, length):
    return Episodes(
        observation=np.full((rows, length + 1, 2), length, np.float32),
        action=np.zeros((rows, length), np.int64),
        reward=np.zeros((rows, length), np.float32),
        terminated=np.zeros((rows, length), bool),
        mask=np.ones((rows, length), bool),
        episode=np.zeros((rows, length + 1), np.int32),
        seeds=np.arange(rows).astype(np.uint64),
        failure=np.zeros(rows, np.uint8),
        executing=np.zeros((rows, length + 1), bool),
    )


def test_trials_of_another_length_take_the_place_of_all_before():
    replay = Replay(1)
    replay.add(episodes(5, 3), np.zeros((5, 1), np.float32))
    replay.add(episodes(4, 7), np.ones((4, 1), np.float32))
    assert replay.filled == 4
    stored, truth = replay.sample(np.random.default_rng(0), 50)
    assert stored.action.shape == (50, 7)
    assert (truth == 1).all()


def numbered(first, rows, length=3):
    """Trials that carry their number as truth."""
    return episodes(rows, length), np.arange(first, first + rows)[:, None]


def stored(replay):
    return set(replay.sample(np.random.default_rng(0), 2000)[1][:, 0].tolist())


@pytest.mark.parametrize("rows", [1, 7, 100, 5000])
def test_it_is_bounded_in_bytes_and_keeps_the_latest(rows):
    replay, added = Replay(0.01), 0
    for _ in range(12):
        replay.add(*numbered(added, rows))
        added += rows
    capacity = len(replay.arrays["truth"])
    size = sum(array.nbytes for array in replay.arrays.values())
    assert 0.9 * 0.01 * 2**20 < size <= 0.01 * 2**20
    assert replay.filled == min(capacity, added)
    assert stored(replay) == set(range(max(0, added - capacity), added))


def test_a_trial_comes_out_as_it_went_in(played):
    replay = Replay(1)
    execution = played(6, executing=True)
    assert execution.instruction is not None
    replay.add(execution, np.arange(6))
    out, truth = replay.sample(np.random.default_rng(0), 50)
    assert out.tasks is None
    for f in attrs.fields(Episodes):
        if f.name != "tasks":
            np.testing.assert_array_equal(getattr(out, f.name), getattr(execution, f.name)[truth])


def test_every_stored_row_is_drawn_equally_often():
    replay = Replay(1)
    replay.add(*numbered(0, 8))
    drawn = replay.sample(np.random.default_rng(0), 8000)[1][:, 0]
    counts = np.bincount(drawn, minlength=8)
    assert (np.abs(counts - 1000) < 5 * np.sqrt(1000 * 7 / 8)).all()


@pytest.mark.parametrize("rows", [3, 400])
def test_saved_and_restored_it_goes_on_the_same(rows):
    replay = Replay(0.01)
    for first in (0, rows):
        replay.add(*numbered(first, rows))
    restored = Replay(0.01)
    restored.load({name: np.array(value) for name, value in replay.state().items()})
    for each in (replay, restored):
        each.add(*numbered(2 * rows, rows))
    assert replay.state().keys() == restored.state().keys()
    for name, value in replay.state().items():
        np.testing.assert_array_equal(value, restored.state()[name])


def test_a_state_without_trials_leaves_it_empty():
    replay = Replay(1)
    replay.load({"next": np.asarray(5), "capacity": np.asarray(10)})
    assert replay.filled == 0
    replay.add(*numbered(0, 2))
    assert stored(replay) == {0, 1}


def test_trials_like_others_are_drawn_equally_often_of_those_with_the_same_number():
    replay, rng = Replay(1), np.random.default_rng(0)
    trials = episodes(6, 3)
    replay.add(trials, np.array([[5], [7], [5], [-3], [5], [7]]))
    drawn, truth = replay.sample_like(rng, np.repeat([7, 5, -3], 3000))
    np.testing.assert_array_equal(truth[:, 0], np.repeat([7, 5, -3], 3000))
    for number, rows in ((7, [1, 5]), (5, [0, 2, 4]), (-3, [3])):
        counts = np.bincount(drawn.seeds[truth[:, 0] == number].astype(int), minlength=6)
        assert (np.abs(counts[rows] - 3000 / len(rows)) < 150).all()
        assert counts.sum() == counts[rows].sum()
