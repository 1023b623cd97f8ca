import numpy as np

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
