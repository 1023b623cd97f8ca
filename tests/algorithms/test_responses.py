"""The responses classifier: its arrays are scikit-learn's trees."""

import copy

import attrs
import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from dreamctl import Problem, RandomPolicy
from dreamctl.algorithms.responses import ResponsesJudge, as_arrays, constant, join, log_odds
from dreamctl.learning import Trials
from dreamctl.simulation.episodes import cut
from dreamctl.testing import switches

RNG = np.random.default_rng(0)


def fitted(seed=0, trees=20):
    """A forest, and data on which neighbouring float32 numbers are told apart."""
    fine = np.float32(1) + np.arange(300, dtype=np.float32) * np.spacing(np.float32(1))
    x = np.stack([RNG.permutation(fine), RNG.normal(size=300), RNG.integers(3, size=300)], 1).astype(np.float32)
    y = (x[:, 0] > np.median(fine)) ^ (x[:, 1] > 0.3) ^ (x[:, 2] == 1)
    model = HistGradientBoostingClassifier(
        max_iter=trees, min_samples_leaf=2, learning_rate=0.3, early_stopping=False, random_state=seed
    )
    return model.fit(x, y), x


def test_a_forest_of_arrays_gives_scikit_learns_log_odds():
    model, x = fitted()
    arrays = as_arrays(model)
    np.testing.assert_allclose(log_odds(arrays, x, 1)[:, 0], model.decision_function(x), rtol=1e-5, atol=1e-5)
    assert all(isinstance(array, np.ndarray) for array in arrays.values())


def test_thresholds_between_neighbouring_numbers_part_them_as_scikit_learn_does():
    fine = np.float32(1) + np.arange(40, dtype=np.float32) * np.spacing(np.float32(1))
    x, y = np.repeat(fine, 5)[:, None], np.repeat(np.arange(40) % 2, 5)
    model = HistGradientBoostingClassifier(
        max_iter=1, min_samples_leaf=1, max_leaf_nodes=None, learning_rate=1.0, early_stopping=False
    ).fit(x, y)
    assert model.score(x, y) == 1, "each number has a leaf of its own"
    np.testing.assert_allclose(log_odds(as_arrays(model), x, 1)[:, 0], model.decision_function(x), rtol=1e-5)


def test_joined_forests_answer_as_each_alone_and_a_constant_is_what_it_is():
    (one, x), (two, _) = fitted(), fitted(seed=1, trees=7)
    joined = join([as_arrays(one), constant(0.25), as_arrays(two)])
    made = log_odds(joined, x, 3)
    np.testing.assert_allclose(made[:, 0], one.decision_function(x), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(made[:, 1], np.log(0.25 / 0.75), rtol=1e-6)
    np.testing.assert_allclose(made[:, 2], two.decision_function(x), rtol=1e-5, atol=1e-5)


def lamps(options=None):
    environment, rubric = switches(3)
    shown = ("works", "broken")
    environment = attrs.evolve(environment, features=shown, outcomes=shown)
    return Problem(environment=environment, rubric=rubric, tasks=environment.tasks(), options=options or {})


def shown(problem, judge, batches):
    trials = Trials(problem, 128)
    for n in range(batches):
        episodes = trials.explore(RandomPolicy(3), *trials.draw(n))
        judge.learn(episodes, problem.rubric.targets(episodes.tasks))
    return trials.explore(RandomPolicy(3), *trials.draw(batches))


def test_it_learns_what_a_switch_shows():
    problem = lamps()
    judge = ResponsesJudge(problem)
    episodes = shown(problem, judge, 4)
    judge.finish()
    y, p = problem.rubric.targets(episodes.tasks), judge.predict(episodes)
    assert p.dtype == np.float32
    pressed = (episodes.action[..., None] == np.arange(3)).any(1)
    np.testing.assert_array_equal((p > 0.5)[pressed], (y > 0.5)[pressed])


def test_it_also_learns_from_prefixes_so_that_it_knows_what_it_cannot_know_yet():
    surprise = {}
    for cuts in (0, 2):
        problem = lamps({"classifier.cuts": cuts, "classifier.features": 1.0})
        judge = ResponsesJudge(problem)
        episodes = shown(problem, judge, 4)
        judge.finish()
        nothing = cut(episodes, np.zeros(len(episodes), int))
        p, y = judge.predict(nothing), problem.rubric.targets(episodes.tasks)
        surprise[cuts] = -np.log(np.where(y > 0.5, p, 1 - p)).mean()
    assert surprise[2] < surprise[0]
    assert surprise[2] == pytest.approx(np.log(2), abs=0.05)


def test_an_item_that_never_varies_is_a_constant_by_the_rule_of_succession():
    problem = lamps({"classifier.cuts": 0})
    judge = ResponsesJudge(problem)
    episodes = shown(problem, judge, 0)
    y = problem.rubric.targets(episodes.tasks)
    y[:, 0], y[:, 1], y[100:, 2] = 0, np.nan, np.nan
    judge.learn(episodes, y)
    judge.finish()
    p = judge.predict(episodes)
    assert p[:, 0] == pytest.approx(1 / 130)
    assert p[:, 1] == pytest.approx(1 / 2)
    assert np.ptp(p[:, 2]) > 0.5


def test_saved_and_restored_it_answers_the_same_before_and_after_it_is_fitted():
    problem = lamps({"classifier.trees": 10, "classifier.cuts": 0})
    judge = ResponsesJudge(problem)
    episodes = shown(problem, judge, 2)
    half = ResponsesJudge(problem)
    half.load(copy.deepcopy(judge.state()))
    assert judge.finish() == half.finish() == {"trees": 30.0}
    whole = ResponsesJudge(problem)
    whole.load(copy.deepcopy(judge.state()))
    np.testing.assert_array_equal(judge.predict(episodes), half.predict(episodes))
    np.testing.assert_array_equal(judge.predict(episodes), whole.predict(episodes))
