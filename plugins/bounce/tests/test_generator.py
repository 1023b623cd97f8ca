from itertools import pairwise

import numpy as np
import pytest

from dreamctl_bounce.generator import LISTS, WORDS, Student, recombined, sample, sample_many, tasks
from dreamctl_bounce.grammar import KINDS, PARTNERS
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


PUBLISHED_PREVALENCE = {  # percent of the unique real programs, as published
    "whenMiss-noBallLaunch": 28.9,
    "whenGoal-noBallLaunch": 26.7,
    "whenMiss-noOpponentScore": 22.8,
    "whenWall-illegal-launchBall": 19.3,
    "whenRun-noBallLaunch": 16.1,
    "whenPaddle-illegal-launchBall": 16.1,
    "whenRun-multipleBalls": 15.4,
    "whenLeft-illegal-launchBall": 13.9,
    "whenPaddle-illegal-incrementPlayerScore": 12.8,
    "whenRight-illegal-launchBall": 12.0,
    "whenMiss-illegal-incrementPlayerScore": 11.8,
    "whenWall-illegal-incrementPlayerScore": 11.7,
    "whenPaddle-noBounce": 11.4,
    "whenGoal-noPlayerScore": 11.2,
    "whenWall-noBounce": 10.9,
    "whenMove-error": 9.8,
    "whenGoal-illegal-incrementOpponentScore": 9.0,
    "whenGoal-multipleBalls": 7.6,
    "whenLeft-illegal-incrementPlayerScore": 7.4,
    "whenRight-illegal-incrementPlayerScore": 7.1,
    "whenMiss-multipleBalls": 6.3,
    "whenGoal-illegal-bounceBall": 6.1,
    "whenWall-illegal-incrementOpponentScore": 5.9,
    "whenRun-illegal-incrementPlayerScore": 5.5,
    "whenPaddle-illegal-incrementOpponentScore": 2.4,
    "whenRun-illegal-incrementOpponentScore": 2.4,
    "whenLeft-illegal-incrementOpponentScore": 1.3,
    "whenRight-illegal-incrementOpponentScore": 1.2,
    "whenRun-illegal-moveLeft": 1.1,
}


@pytest.fixture(scope="module")
def drawn():
    return sample_many(8000, np.random.default_rng(0))


def test_faults_are_about_as_frequent_as_in_real_programs(drawn):
    truth = rubrics()[0].targets(drawn).mean(0) * 100
    share = dict(zip(LABELS, truth, strict=True))
    off = {label: share[label] / percent for label, percent in PUBLISHED_PREVALENCE.items()}
    assert {label: ratio for label, ratio in off.items() if not 0.6 < ratio < 1.6} == {}
    assert all(share[label] > 0.02 for label in LABELS)


def test_some_programs_are_right_some_are_cut_short_by_one_fault_and_some_have_very_many(drawn):
    faults = np.array([sum(task.labels.values()) for task in drawn])
    assert 0.04 < (faults == 0).mean() < 0.09
    assert 0.30 < (faults == 1).mean() < 0.45
    assert faults.max() >= 12


def test_programs_are_as_long_as_real_ones_up_to_hundreds_of_commands(drawn):
    lengths = np.array([sum(map(len, task.params.events)) for task in drawn])
    assert 11 <= np.median(lengths) <= 15
    assert 50 < np.percentile(lengths, 99) < 150
    assert lengths.max() > 200


def test_few_programs_come_twice(drawn):
    assert len({task.key for task in drawn}) > 0.9 * len(drawn)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.partition(":")[0])
def test_every_kind_of_student_has_every_event_and_weights_that_can_be_drawn(kind):
    student = Student.of(kind)
    assert kind.weight > 0
    assert set(kind.repeats) <= set(PARTNERS)
    assert set(kind.settings) <= set(WORDS)
    for productions in student.productions:
        assert all(len(set(codes)) == len(codes) for codes in productions.values)
        assert all(a < b for a, b in pairwise([0.0, *productions.upto]))
    for chances in student.settings:
        assert chances is None or all(0 <= chance <= 1 for chance in chances)


def test_the_endless_stream_never_yields_what_is_held_out(task_set):
    held_out = {task.key for task in (*task_set.validation, *task_set.test)}
    rng = np.random.default_rng(0)
    drawn = {task_set.sample(rng).key for _ in range(5000)}
    assert not held_out & drawn
    rng = np.random.default_rng(0)
    assert held_out & {sample(rng).key for _ in range(5000)}


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
