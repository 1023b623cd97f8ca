from itertools import product

import numpy as np
import pytest

from dreamctl.comparing.scores import (
    band,
    interquartile_mean,
    over_seeds,
    over_seeds_and_tasks,
    steps_to,
    tasks_anew,
)


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([7, 1, 3, 5, 2, 4, 6, 0], 3.5),  # the middle four of eight
        ([0, 1, 2, 3, 4], 2.0),
        ([0, 10, 20, 30, 1000], (0.75 * 10 + 20 + 0.75 * 30) / 2.5),  # 1.25 of 5 are left out on either side
        ([3], 3.0),
        ([1, 2], 1.5),
        ([0, 0, 9], (0.25 * 0 + 0 + 0.25 * 9) / 1.5),
    ],
)
def test_the_interquartile_mean_is_that_of_the_middle_half(values, mean):
    assert interquartile_mean(np.array(values)) == pytest.approx(mean)


def test_the_interquartile_mean_goes_along_the_last_axis():
    values = rng().normal(size=(3, 5, 7))
    assert interquartile_mean(values)[1, 2] == pytest.approx(interquartile_mean(values[1, 2]))


def test_the_interval_over_seeds_is_that_of_all_ways_to_draw_them():
    runs = np.array([0.0, 0.1, 0.5, 1.0])
    every = [runs[list(drawn)] for drawn in product(range(4), repeat=4)]  # 256 equally likely
    found = over_seeds(runs, rng())
    for name, statistic in (("iqm", interquartile_mean), ("mean", np.mean)):
        exact = np.quantile([statistic(drawn) for drawn in every], [0.025, 0.975])
        assert found[name].value == pytest.approx(statistic(runs))
        assert found[name].interval == pytest.approx(tuple(exact), abs=0.03)


def test_one_seed_has_no_interval_unless_tasks_are_drawn_anew_too():
    assert over_seeds(np.array([0.4]), rng())["iqm"].interval is None
    scores = np.array([[0.0, 1.0] * 50])  # 100 tasks, half of them solved
    anew = tasks_anew(scores, np.ones(100), rng())
    low, high = over_seeds(scores.mean(1), rng(), anew)["mean"].interval
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.05, 0.5 + 1.96 * 0.05), abs=0.01)


def test_a_task_drawn_anew_weighs_as_many_trials_as_it_had():
    scores, counts = np.array([[0.0, 1.0]]), np.array([1, 3])
    anew = tasks_anew(scores, counts, rng())[0]
    assert set(np.unique(anew)) == {0.0, 0.75, 1.0}
    assert (anew == 0.75).mean() == pytest.approx(0.5, abs=0.05)


def test_seeds_and_tasks_together_are_strata_of_which_each_is_drawn_by_itself():
    scores = np.array([[0.0, 0.0], [1.0, 1.0]])  # two seeds, two tasks
    every = [[a, b, c, d] for a, b, c, d in product((0, 1), repeat=4)]  # two seeds in each of two tasks
    exact = np.quantile([interquartile_mean(np.array(drawn)) for drawn in every], [0.025, 0.975])
    found = over_seeds_and_tasks(scores, rng())
    assert found.value == 0.5
    assert found.interval == pytest.approx(tuple(exact))
    assert over_seeds_and_tasks(scores[:1], rng()).interval is None


def test_the_steps_to_a_target_are_the_median_over_seeds():
    early = np.array([[10, 0.0], [20, 0.9], [30, 0.5]])
    late = np.array([[10, 0.0], [20, 0.0], [30, 0.9]])
    never = np.array([[10, 0.0], [20, 0.0], [30, 0.8]])
    assert steps_to([early, late], 0.9) == (25.0, 2)
    assert steps_to([early, late, never], 0.9) == (30.0, 2)
    assert steps_to([early, never, never], 0.9) == (None, 1)


def test_a_band_has_the_interquartile_mean_at_every_point():
    a, b = np.array([[10.0, 0.0], [20.0, 1.0]]), np.array([[12.0, 1.0], [22.0, 1.0]])
    found = band([a, b], rng())
    assert found["steps"] == [11.0, 21.0]
    assert found["iqm"] == [0.55, 1.0]  # the first curve is at 0.1 after 11 steps
    assert found["low"] == [0.1, 1.0]
    assert found["high"] == [1.0, 1.0]
