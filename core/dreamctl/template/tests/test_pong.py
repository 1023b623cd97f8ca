import dreamctl
import numpy as np
from dreamctl.plugins import find_environment, load
from dreamctl.testing import parametrize_with_checks


@parametrize_with_checks("pong")
def test_pong_keeps_the_contract(check):
    check()


def test_a_walker_who_pushes_right_falls_out_where_the_right_wall_is_open():
    environment = find_environment(load("pong"))
    task = next(task for task in environment.tasks().train if task.labels["right-open"])
    always_right = dreamctl.ReplayPolicy(np.ones((1, 10), np.int64))
    episodes = dreamctl.rollout(dreamctl.open_simulator(environment, 1), always_right, [task], np.array([0]), steps=10)
    assert episodes.terminated.any()
