"""A control: identifiers that mean nothing."""

import pytest

from dreamctl.errors import UsageError
from dreamctl.runs.build import AnyIdentifier, choose, find, shuffled, task_set
from dreamctl.runs.directory import load_run
from dreamctl.runs.progress import Progress
from dreamctl.training.train import train


def test_every_task_is_there_under_every_name():
    parts = find(choose("hallway", "n4", "dream"))
    own = task_set(parts)
    tasks = shuffled(parts, own).train
    assert isinstance(tasks, AnyIdentifier)
    pairs = [(task.params, task.identifier) for task in tasks]
    assert sorted(pairs) == sorted((a.params, b.identifier) for a in own.train for b in own.train)
    assert len({task.key for task in tasks}) == len(tasks) == 16
    assert [task.key for task in tasks[2:4]] == [tasks[2].key, tasks[3].key]
    assert tasks[-1] == tasks[15]
    with pytest.raises(IndexError):
        tasks[16]


def test_tasks_without_identifiers_cannot_be_shuffled(tiny, tmp_path):
    settings = choose(tiny, "lamps", "counting", "regression", shuffle_identifiers=True, steps=100)
    with pytest.raises(UsageError, match="not listed with identifiers"):
        train(settings, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_what_is_named_at_random_teaches_nothing_and_the_run_is_loaded_as_any_other(tmp_path):
    returns = {}
    for named_at_random in (False, True):
        settings = choose(
            "hallway", "n2", "dream", steps=20_000, batch=64, shuffle_identifiers=named_at_random, device="cpu"
        )
        out = tmp_path / f"{named_at_random}"
        returns[named_at_random] = train(settings, out, progress=Progress(quiet=True)).measures["greedy/return"]
        assert load_run(out).settings.shuffle_identifiers == named_at_random
    assert returns[False] == 1.0
    assert returns[True] == pytest.approx(0.5, abs=0.1)
