import numpy as np
import pytest
import torch
from attrs import frozen

from dreamctl.records import Task
from dreamctl.runs.seeding import program_hash, seed_torch, task_seeds


@frozen
class Program:
    commands: tuple
    speed: float = 1.0


PARAMS = [
    None,
    1,
    1.0,
    "1",
    True,
    (1, 2),
    ((1,), 2),
    {"a": [1, 2]},
    {"a": [1], "b": 2},
    np.arange(3),
    np.arange(3.0),
    Program((1, 2)),
    Program((1, 2), 2.0),
]


def test_programs_share_a_hash_if_and_only_if_their_params_are_the_same():
    hashes = [program_hash(Task(key="one", params=params)) for params in PARAMS]
    assert hashes == [program_hash(Task(key="other", params=params)) for params in PARAMS]
    assert len(set(hashes)) == len(PARAMS)


def test_params_that_cannot_be_read_are_told_apart_by_key():
    assert program_hash(Task(key="a", params=object())) != program_hash(Task(key="b", params=object()))


def test_a_tasks_seed_does_not_depend_on_its_company():
    tasks = [Task(key=str(n), params=n) for n in range(5)]
    seeds = task_seeds(3, 7, tasks)
    np.testing.assert_array_equal(task_seeds(3, 7, tasks[::-1]), seeds[::-1])
    assert len({*seeds.tolist(), *task_seeds(3, 7, tasks, 1).tolist(), *task_seeds(4, 7, tasks).tolist()}) == 15


@pytest.mark.parametrize("seed", [0, -5, 2**70])
def test_seeding_torch_makes_draws_repeat(seed):
    seed_torch(seed, 1)
    first = torch.rand(3)
    seed_torch(seed, 1)
    assert torch.equal(torch.rand(3), first)
