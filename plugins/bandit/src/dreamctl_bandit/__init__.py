"""Bandits: with an arm that reveals which of the others pays, and plain two-armed ones. Importing it is light."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import dreamctl
from dreamctl import Environment, Explorer, Problem, Task, TaskSet
from dreamctl.presets import enumerated

from .draw import TWO_ARMED
from .draw import revealing as drawing
from .env import Revealing, TwoArmed, revealing_space


def reveal(name: str = "reveal", *, arms: int = 8) -> Environment:
    """One of `arms` - 1 arms pays, and another shows which; one pull to explore, for nothing, and one that counts.

    The optimum is 1, and without information 1 / (`arms` - 1).
    """
    every = [Task(key=f"arm-{arm}", params=arm, identifier=(arm - 1,)) for arm in range(1, arms)]
    tasks = TaskSet(train=every, validation=every, test=every, shared=True)

    def simulator(batch: int) -> dreamctl.Simulator:
        from .fast import Revealings

        return Revealings(arms, batch)

    return enumerated(
        Environment(
            name=name,
            description=f"{arms} arms, one of which shows which of the others pays",
            observation_space=revealing_space(arms),
            features=("pays",),
            actions=("reveal", *(f"arm {arm}" for arm in range(1, arms))),
            answer="return",
            exploration_steps=1,
            execution_steps=1,
            reward_seen=False,
            tasks=lambda: tasks,
            env=lambda pays: Revealing(arms, pays),
            simulator=simulator,
            drawing=drawing(arms),
        )
    )


def two_armed(
    name: str = "two-armed", *, chances: Sequence[tuple[float, float]] = ((0.9, 0.1), (0.1, 0.9)), pulls: int = 10
) -> Environment:
    """Two arms that pay with the `chances` of the task: `pulls` pulls to explore, rewards seen, and as many that count.

    The return is the share of the pulls that pay.
    """
    every = [Task(key=f"{a:g}-{b:g}", params=(a, b), identifier=(n,)) for n, (a, b) in enumerate(chances)]
    tasks = TaskSet(train=every, validation=every, test=every, shared=True)

    def simulator(batch: int) -> dreamctl.Simulator:
        from .fast import TwoArmeds

        return TwoArmeds(pulls, batch)

    def optimum(tasks: TaskSet) -> float:
        from .optimum import best_share

        return best_share([task.params for task in tasks.test], pulls, explorations=pulls)

    def uninformed(tasks: TaskSet) -> float:
        from .optimum import best_share

        return best_share([task.params for task in tasks.test], pulls, explorations=0)

    return Environment(
        name=name,
        description="two arms that pay with chances of their own",
        observation_space=TwoArmed.observation_space,
        features=("arm", "paid"),
        actions=("first", "second"),
        answer="return",
        exploration_steps=pulls,
        execution_steps=pulls,
        tasks=lambda: tasks,
        env=lambda params: TwoArmed(pulls, params),
        simulator=simulator,
        optimum=optimum,
        uninformed=uninformed,
        drawing=TWO_ARMED,
    )


NINE = 0.1, 0.5, 0.9  # chances
REVEALING = ("reveal", *(f"a{arms}" for arms in (4, 16, 32, 64)))


@dreamctl.hookimpl
def dreamctl_environments() -> Iterator[Environment]:
    yield reveal()
    for name in REVEALING[1:]:
        yield reveal(name, arms=int(name[1:]))
    yield two_armed()
    yield two_armed("nine", chances=tuple((a, b) for a in NINE for b in NINE))


@dreamctl.hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    def scripted(problem: Problem) -> Any:
        from .scripted import PullsTheRevealer

        return PullsTheRevealer()

    yield Explorer(
        name="scripted",
        build=scripted,
        answers=frozenset({"return"}),
        environments=REVEALING,
        description="pulls the arm that reveals",
    )
