"""The constant classifier."""

import attrs
import numpy as np

from dreamctl import Problem, RandomPolicy, TaskSet
from dreamctl.algorithms.constant import Constant
from dreamctl.learning import Trials
from dreamctl.testing import switches
from dreamctl.training.evaluate import evaluate


def test_it_says_how_common_each_item_is_whatever_it_sees():
    environment, rubric = switches(2)
    train = [task for task in environment.tasks().train if task.labels["lamp-0"]]
    train = [attrs.evolve(task, labels={"lamp-0": True}) if n == 0 else task for n, task in enumerate(train)]
    given = Problem(environment=environment, rubric=rubric, tasks=TaskSet(train=train))
    judge, trials = Constant(given), Trials(given, 8)
    said = judge.predict(trials.explore(RandomPolicy(2), *trials.draw(0)))
    known = [task.labels["lamp-1"] for task in train if "lamp-1" in task.labels]
    np.testing.assert_allclose(said, np.broadcast_to([1.0, np.mean(known)], (8, 2)))
    other = Constant(attrs.evolve(given, tasks=TaskSet()))
    other.load(judge.state())
    np.testing.assert_array_equal(other.rates, judge.rates)


def test_as_a_run_s_judge_it_decides_as_the_constant_answer_of_every_table(trained):
    found = evaluate(trained("lamps", "constant"))
    assert found["accuracy"] == found["controls"]["constant"]["accuracy"]
    assert found["macro_f1"] == 0
