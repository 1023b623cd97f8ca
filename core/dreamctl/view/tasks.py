"""Which task is shown: by key, from a program's file, or by the seed."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .. import random
from ..errors import InputError, UsageError, unknown
from ..records import Environment, Task

FEW = 12  # keys that a sentence lists


def choose_task(environment: Environment, key: str | None = None, program: Path | None = None, seed: int = 0) -> Task:
    """The task of that key, in the program's file if there is one; without a key, the seed picks.

    It is picked from the test tasks where there are any, else from whatever there is.
    """
    tasks = environment.tasks() if program is None else None
    if tasks is None:
        assert program is not None
        known = read_program(environment, program)
    elif key is not None:
        known = [*tasks.test, *tasks.validation, *tasks.train]
    else:
        known = list(tasks.test or tasks.validation or tasks.train)
        if not known and tasks.sample is not None:
            return tasks.sample(np.random.default_rng(random.key(seed)))
    if not known:
        raise UsageError(f"{environment.name}: there are no tasks to choose from.")
    if key is None:
        return known[seed % len(known)]
    for task in known:
        if task.key == key:
            return task
    raise UsageError(_no_task(key, sorted({task.key for task in known})))


def read_program(environment: Environment, path: Path) -> Sequence[Task]:
    """The programs of a file that can be played; InputError if there are none."""
    if not path.exists():
        raise InputError(f"Program {path}: there is no such file.")
    if environment.read_submissions is not None:
        submissions = list(environment.read_submissions(path))
        tasks = [submission.task for submission in submissions if submission.task is not None]
        if not tasks:
            problem = next((s.problem for s in submissions if s.problem), "there is no program in it.")
            raise InputError(f"Program {path}: {problem}")
        return tasks
    if environment.read_tasks is not None:
        return environment.read_tasks(path)
    raise UsageError(f"{environment.name}: it reads no programs, so --program cannot be used with it.")


def _no_task(key: str, known: Sequence[str]) -> str:
    if len(known) <= FEW:
        return unknown("task", key, known)
    nearest = difflib.get_close_matches(key, known, n=1)
    hint = f" Did you mean '{nearest[0]}'?" if nearest else f" There are {len(known)}, such as '{known[0]}'."
    return f"No task named '{key}'.{hint}"
