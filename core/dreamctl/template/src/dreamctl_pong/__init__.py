"""What this plugin provides. It is imported whenever plugins are listed, so it stays light."""

import itertools

import dreamctl
from gymnasium import spaces


def tasks():
    return dreamctl.TaskSet(train=_starting_in(1, 2, 3), validation=_starting_in(0), test=_starting_in(4))


def _starting_in(*cells):
    return [_task(*params) for params in itertools.product(cells, (False, True), (False, True))]


def _task(start, left_wraps, right_open):
    return dreamctl.Task(
        key=f"start-{start}-left-{int(left_wraps)}-right-{int(right_open)}",
        params=(start, left_wraps, right_open),
        labels={"left-wraps": left_wraps, "right-open": right_open},
        identifier=(start, int(left_wraps), int(right_open)),
    )


def make_env(params):
    from .env import Corridor

    return Corridor(*params)


def make_simulator(batch):
    from .fast import Corridors

    return Corridors(batch)


@dreamctl.hookimpl
def dreamctl_environments():
    yield dreamctl.Environment(
        name="pong",
        description="Five cells in a row; faults show when one pushes against a wall.",
        observation_space=spaces.Box(0, 1, (5,)),
        actions=("left", "right"),
        exploration_steps=10,
        tasks=tasks,
        env=make_env,
        simulator=make_simulator,
        features=tuple(f"in cell {cell}" for cell in range(5)),
    )


@dreamctl.hookimpl
def dreamctl_rubrics():
    yield dreamctl.Rubric(
        name="walls",
        environment="pong",
        items=(
            dreamctl.Item(key="left-wraps", title="The left wall lets the walker through", points=1),
            dreamctl.Item(key="right-open", title="The right wall lets the walker fall out", points=1),
        ),
    )
