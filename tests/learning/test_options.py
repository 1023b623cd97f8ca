from typing import Literal

import pytest
from attrs import frozen

from dreamctl import Problem, TaskSet, UsageError
from dreamctl.learning import from_problem
from dreamctl.testing import bandit


@frozen(kw_only=True)
class Options:
    hidden: int = 64
    rate: float = 0.5
    counts: bool = True
    learner: Literal["gradient", "q"] = "gradient"


def read(**options):
    return from_problem(Options, Problem(environment=bandit(), tasks=TaskSet(), options=options))


def test_what_is_not_set_is_the_default_and_a_whole_number_is_a_number():
    assert read() == Options()
    assert read(hidden=8, rate=1, counts=False, learner="q") == Options(hidden=8, rate=1.0, counts=False, learner="q")
    assert isinstance(read(rate=1).rate, float)


def test_a_classifiers_settings_reach_the_classifier_and_an_explorers_the_explorer(tiny):
    from dreamctl.runs.build import build_judge, build_player, choose, find, problem, task_set

    options = {"hidden": 8, "classifier.hidden": 16}
    settings = choose(tiny, "lamps", "dream", "core/running", steps=1000, device="cpu", batch=4, options=options)
    parts = find(settings)
    task = problem(parts, task_set(parts))
    judge = build_judge(parts, task)
    assert judge.options.hidden == 16
    assert build_player(parts.explorer, task, judge).options.hidden == 8


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"hiden": 3}, "--set hiden: No setting named 'hiden'. There are: .* Did you mean 'hidden'?"),
        ({"hidden": 2.5}, r"--set hidden: expected a whole number \(got 2.5\)."),
        ({"hidden": True}, r"--set hidden: expected a whole number \(got True\)."),
        ({"rate": "fast"}, r"--set rate: expected a number \(got 'fast'\)."),
        ({"counts": "False"}, r"--set counts: expected true or false \(got 'False'\)."),
        ({"counts": 0}, r"--set counts: expected true or false \(got 0\)."),
        ({"learner": "sarsa"}, r"--set learner: expected 'gradient' or 'q' \(got 'sarsa'\)."),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(option, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        read(**option)
