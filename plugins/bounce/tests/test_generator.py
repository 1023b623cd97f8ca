import numpy as np
import pytest

from dreamctl_bounce.generator import LISTS, recombined, sample, tasks
from dreamctl_bounce.labels import LABELS, labels, rubrics
from dreamctl_bounce.rules import EVENTS


@pytest.fixture(scope="module")
def task_set():
    return tasks()


def test_the_lists_have_their_sizes_and_share_no_program(task_set):
    programs = {name: {task.params for task in getattr(task_set, name)} for name in LISTS}
    assert {name: len(some) for name, some in programs.items()} == LISTS
    assert len(set().union(*programs.values())) == sum(LISTS.values())


def test_every_label_is_true_of_one_program_and_false_of_another_in_each_list(task_set):
    for name in LISTS:
        truth = rubrics()[0].targets(getattr(task_set, name))
        assert truth.shape[1] == len(LABELS)
        assert (truth.min(0) == 0).all()
        assert (truth.max(0) == 1).all()


def test_the_lists_are_the_same_each_time(task_set):
    from dreamctl_bounce.generator import _lists

    assert [task.key for task in _lists.__wrapped__()["test"]] == [task.key for task in task_set.test]


def test_labels_are_those_of_the_rules_and_keys_name_programs():
    rng = np.random.default_rng(0)
    drawn = [sample(rng) for _ in range(500)]
    assert all(task.labels == labels(task.params) for task in drawn)
    assert len({task.key for task in drawn}) == len({task.params for task in drawn})


def test_some_programs_are_right_and_most_have_a_fault_or_two():
    rng = np.random.default_rng(0)
    faults = [sum(sample(rng).labels.values()) for _ in range(1000)]
    assert 0.1 < np.mean(np.equal(faults, 0)) < 0.2
    assert max(faults) == 2


def test_the_endless_stream_never_yields_what_is_held_out(task_set):
    held_out = {task.key for task in (*task_set.validation, *task_set.test)}
    rng = np.random.default_rng(0)
    drawn = [task_set.sample(rng).key for _ in range(3000)]
    assert not held_out & set(drawn)
    assert held_out & {sample(np.random.default_rng(s)).key for s in range(500)}


def test_one_seed_gives_one_stream():
    a, b = (sample(np.random.default_rng(3)) for _ in range(2))
    assert a == b


def test_every_event_of_a_recombined_program_comes_from_one_of_the_given_and_labels_are_those_of_the_rules(task_set):
    given = task_set.train[:50]
    each = [{task.params.events[event] for task in given} for event in range(len(EVENTS))]
    more, rng = recombined(given), np.random.default_rng(0)
    drawn = [more(rng) for _ in range(500)]
    for task in drawn:
        assert all(commands in known for commands, known in zip(task.params.events, each, strict=True))
        assert task.labels == labels(task.params)
    assert len({task.key for task in drawn}) == len({task.params for task in drawn})
    old = {task.params for task in given}
    new = np.mean([task.params not in old for task in drawn])
    assert 0.3 < new < 0.9, "some are as they were, most are new"
    assert [task.key for task in drawn] == [more(r).key for r in [np.random.default_rng(0)] for _ in range(500)]


def test_most_events_of_a_recombined_program_come_from_the_same_one(task_set):
    given = task_set.train[:200]
    more, rng = recombined(given), np.random.default_rng(1)
    shared = [
        max(sum(a == b for a, b in zip(task.params.events, other.params.events, strict=True)) for other in given)
        for task in (more(rng) for _ in range(200))
    ]
    assert np.mean(shared) > 5


def test_one_program_recombined_is_itself(task_set):
    (one,) = task_set.train[:1]
    assert recombined([one])(np.random.default_rng(0)) == one
