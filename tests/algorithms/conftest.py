"""What tests of explorers share: a signpost on the way, and learning to the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="session")
def signpost() -> Callable[..., Any]:
    """`signpost(2)`: 4 hallways, and the first cell of every one shows the 2 bits of the number of the right one.

    Exploring on any way but that to the sign tells everything, so whoever remembers has a mean return of 1.
    """
    import attrs

    from dreamctl import TaskSet
    from dreamctl_hallway import hallway

    def make(bits: int = 1, **layout: Any) -> Any:
        environment = hallway("signpost", hallways=2**bits, length=2, sign=2, noise=bits, **layout)
        tasks = [task for task in environment.tasks().train if task.params[0] == task.params[1]]
        return attrs.evolve(environment, tasks=lambda: TaskSet(train=tasks, validation=tasks, test=tasks, shared=True))

    return make


@pytest.fixture(scope="session")
def tiles() -> Any:
    """Four hallways, a sign one way, and the other way six tiles that mean nothing; there is time for one of the two.

    A task's identifier names each tile.
    """
    import attrs

    from dreamctl import TaskSet
    from dreamctl_hallway import hallway

    environment = hallway(hallways=4, length=2, sign=2, noise=6)
    tasks = [
        attrs.evolve(task, identifier=(task.params[0], *(task.params[1] >> bit & 1 for bit in range(6))))
        for task in environment.tasks().train
    ]
    every = TaskSet(train=tasks, validation=tasks, test=tasks, shared=True)
    return attrs.evolve(environment, exploration_steps=3, tasks=lambda: every)


@pytest.fixture(scope="session")
def made() -> Callable[..., Any]:
    """`made("pearl", environment, batch=16, z=3)` is a learner that has learned nothing yet."""

    def make(name: str, environment: Any, *, steps: int = 2000, batch: int = 16, seed: int = 0, **options: Any) -> Any:
        from dreamctl import Problem
        from dreamctl.algorithms.builtin import dreamctl_explorers

        build = {explorer.name: explorer.build for explorer in dreamctl_explorers()}[name]
        tasks = environment.tasks()
        return build(
            Problem(environment=environment, tasks=tasks, steps=steps, batch=batch, seed=seed, options=options)
        )

    return make


@pytest.fixture(scope="session")
def learned(made: Callable[..., Any]) -> Callable[..., Any]:
    """The same after its budget is spent."""

    def make(name: str, environment: Any, **settings: Any) -> Any:
        learner = made(name, environment, **settings)
        while learner.steps < learner.problem.steps:
            learner.iterate()
        return learner

    return make


@pytest.fixture(scope="session")
def tested() -> Callable[..., Any]:
    """`tested(learner)` plays every test task `times` times: exploration, execution."""

    def play(learner: Any, times: int = 64, *, tasks: Any = None) -> tuple[Any, Any]:
        from dreamctl.learning import execute, explore, trial_seeds
        from dreamctl.simulation.open import open_simulator

        environment = learner.problem.environment
        tasks = list(tasks or learner.problem.tasks.test) * times
        simulator, seeds = open_simulator(environment, len(tasks)), trial_seeds(9, len(tasks))
        exploration = explore(environment, simulator, learner.explorer(), tasks, seeds).without_tasks()
        condition = learner.condition(exploration)
        return exploration, execute(environment, simulator, learner.executor(), tasks, seeds, condition)

    return play


@pytest.fixture(scope="session")
def weights() -> Callable[..., Any]:
    """`weights(module, ...)` is a copy of all their parameters."""

    def copy(*modules: Any) -> Any:
        import torch

        return torch.cat([p.detach().flatten().clone() for module in modules for p in module.parameters()])

    return copy
