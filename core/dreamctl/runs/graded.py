"""The trial behind a grade: a pure function of the run, the seed and the program, for grading it and for showing it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import random
from ..records import Task
from ..simulation.episodes import Episodes, concatenate
from .directory import Run
from .judging import TOGETHER
from .seeding import GRADE, program_hash, seed_torch


def trial_seed(seed: int, task: Task) -> int:
    """The seed of a program's trial: it depends on what the program does, not on its name or its company."""
    return random.key(seed, GRADE, program_hash(task))


def graded_trials(run: Run, tasks: Sequence[Task], seed: int, failures: list[str] | None = None) -> Episodes:
    """The explorations that grades rest on, a row for each of at most `TOGETHER` tasks.

    A row is the same, bit for bit, whatever shares its batch. A sentence per row is put into `failures`, empty where
    all went well.
    """
    assert len(tasks) <= TOGETHER
    assert run.judge is not None
    seed_torch(seed, GRADE)
    seeds = np.array([trial_seed(seed, task) for task in tasks], np.uint64)
    told, policy = run.parts.explorer.told, run.player.explorer()
    shards = run.judge.explorations(run.environment, policy, tasks, seeds, told=told, failures=failures)
    return concatenate(list(shards))
