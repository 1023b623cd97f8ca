import numpy as np

from dreamctl import Problem
from dreamctl.algorithms.random import random
from dreamctl.testing import bandit


def test_every_action_is_as_likely():
    environment = bandit(4)
    policy = random(Problem(environment=environment, tasks=environment.tasks()))
    actions, _ = policy.act(None, policy.start(1000), (np.arange(1000) + 0.5) / 1000)
    assert np.bincount(actions).tolist() == [250] * 4
