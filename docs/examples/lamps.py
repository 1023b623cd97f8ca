"""Two switches and two lamps, which may be wired wrongly."""

import dreamctl
import gymnasium
import numpy as np
from gymnasium import spaces


class Lamps(gymnasium.Env):
    """The program under test: each switch should turn its own lamp on and off."""

    observation_space = spaces.MultiDiscrete([2, 2])  # which lamps are lit
    action_space = spaces.Discrete(2)  # which switch is pressed

    def __init__(self, dead, crossed):
        self.dead, self.crossed = dead, crossed

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.lit = np.zeros(2, np.int64)
        return self.lit.copy(), {}

    def step(self, switch):
        if not (switch == 0 and self.dead):
            self.lit[1 - switch if self.crossed else switch] ^= 1
        return self.lit.copy(), 0.0, False, False, {}


def tasks():
    """The four ways to wire it; so few that training and test tasks are the same."""
    every = [
        dreamctl.Task(
            key=f"dead-{dead}-crossed-{crossed}",
            params=(dead, crossed),  # all that the program is given
            labels={"dead": dead, "crossed": crossed},  # what is wrong with it
        )
        for dead in (False, True)
        for crossed in (False, True)
    ]
    return dreamctl.TaskSet(train=every, validation=every, test=every, shared=True)


@dreamctl.hookimpl
def dreamctl_environments():
    yield dreamctl.Environment(
        name="lamps",
        observation_space=Lamps.observation_space,
        actions=("left switch", "right switch"),
        exploration_steps=3,
        tasks=tasks,
        env=lambda params: Lamps(*params),
    )


@dreamctl.hookimpl
def dreamctl_rubrics():
    yield dreamctl.Rubric(
        name="wiring",
        environment="lamps",
        items=[
            dreamctl.Item(key="dead", title="The left switch does nothing", points=1),
            dreamctl.Item(key="crossed", title="Each switch lights the other lamp", points=1),
        ],
    )
