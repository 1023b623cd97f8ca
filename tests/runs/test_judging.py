import numpy as np
import pytest

from dreamctl.errors import PluginError
from dreamctl.learning.learner import Judge
from dreamctl.runs.directory import load_run
from dreamctl.runs.judging import any_target, calibrated, fit_calibration, uncalibrated
from dreamctl.runs.play import explore
from dreamctl.runs.seeding import task_seeds
from dreamctl.training.measures import expected_calibration_error


def overconfident(rng, programs=2000):
    """Targets drawn from probabilities, and the same probabilities with log odds three times too far out."""
    p = rng.uniform(0.02, 0.98, (programs, 2))
    targets = (rng.random(p.shape) < p).astype(np.float32)
    odds = np.log(p / (1 - p))
    return 1 / (1 + np.exp(-3 * odds - 1)), targets, p


def test_calibration_finds_the_probabilities_that_targets_were_drawn_from():
    raw, targets, p = overconfident(np.random.default_rng(0), 20_000)
    fitted = fit_calibration(None, raw, targets)
    np.testing.assert_allclose(fitted.calibration, [[1 / 3, -1 / 3]] * 2, atol=0.05)
    np.testing.assert_allclose(calibrated(raw, fitted.calibration), p, atol=0.03)


def test_calibration_lowers_the_calibration_error_on_programs_that_it_has_not_seen():
    rng = np.random.default_rng(1)
    raw, targets, _ = overconfident(rng)
    fitted = fit_calibration(None, raw[:1000], targets[:1000])
    after = calibrated(raw[1000:], fitted.calibration)
    known = targets[1000:].ravel()
    assert expected_calibration_error(after.ravel(), known) < 0.5 * expected_calibration_error(
        raw[1000:].ravel(), known
    )


def test_the_probability_that_anything_is_wrong_is_calibrated_too():
    rng = np.random.default_rng(4)
    p = rng.beta(0.3, 2, (4000, 5))
    targets = (rng.random(p.shape) < p).astype(np.float32)
    together = np.repeat(targets[:, :1], 5, 1), np.repeat(p[:, :1], 5, 1)  # five names of one fault
    for truth, said in ((targets, p), together):
        fitted = fit_calibration(None, said[:2000], truth[:2000])
        broken = fitted.broken(calibrated(said, fitted.calibration))[2000:]
        assert expected_calibration_error(broken, truth[2000:].max(1)) < 0.05
    np.testing.assert_allclose(uncalibrated(None, 2).broken(np.array([[0.5, 0.5], [0.0, 0.2]])), [0.75, 0.2], atol=1e-5)
    np.testing.assert_array_equal(any_target(np.array([[0, np.nan], [1, np.nan], [0, 0]])), [np.nan, 1, 0])


def test_an_item_with_one_class_alone_or_none_known_is_left_alone():
    raw = np.random.default_rng(2).random((20, 3))
    targets = np.zeros((20, 3), np.float32)
    targets[:, 1], targets[:, 2] = 1, np.nan
    fitted = fit_calibration(None, raw, targets)
    np.testing.assert_array_equal(fitted.calibration, [[1, 0]] * 3)
    np.testing.assert_allclose(calibrated(raw, fitted.calibration), raw)


def test_a_judge_that_is_always_right_never_abstains_and_an_unsure_one_does():
    rng = np.random.default_rng(3)
    raw, targets, _ = overconfident(rng)
    assert fit_calibration(None, np.where(targets > 0, 0.999, 0.001), targets).risk == 0.5
    unsure = fit_calibration(None, raw, targets)
    told = np.minimum(calibrated(raw, unsure.calibration), 1 - calibrated(raw, unsure.calibration)) <= unsure.risk
    wrong = (calibrated(raw, unsure.calibration) >= 0.5) != (targets > 0.5)
    assert unsure.risk == pytest.approx(0.05) or wrong[told].mean() <= 0.01
    assert 0 < told.mean() < 1


def test_a_judge_of_prefixes_ends_where_its_last_belief_is(trained):
    run = load_run(trained("lamps", "so-far"))
    tasks = run.environment.tasks().test
    (episodes,) = explore(run.environment, run.player.explorer(), tasks, task_seeds(0, 1, tasks))
    beliefs = run.judge.beliefs(episodes)
    assert beliefs.shape == (len(tasks), episodes.observation.shape[1], 2)
    np.testing.assert_array_equal(run.judge.probabilities(episodes), beliefs[:, -1])


def test_predictions_are_asked_for_in_shards_of_one_size(trained):
    run = load_run(trained())
    tasks = (list(run.environment.tasks().train) * 5)[:300]
    episodes = next(iter(explore(run.environment, run.player.explorer(), tasks, task_seeds(0, 1, tasks), rows=300)))
    together = run.judge.beliefs(episodes)
    alone = np.concatenate([run.judge.beliefs(episodes.rows(slice(n, n + 1))) for n in (0, 255, 256, 299)])
    np.testing.assert_array_equal(together[[0, 255, 256, 299]], alone)
    assert uncalibrated(run.judge.judge, 2).probabilities(episodes).shape == (300, 2)


class Nonsense(Judge):
    """Predicts NaN."""

    def learn(self, episodes, targets):
        return {}

    def predict(self, episodes):
        return np.full((len(episodes), 2), np.nan)

    def state(self):
        return {}

    def load(self, state):
        pass


def test_predictions_that_are_no_probabilities_of_the_items_are_refused(trained):
    run = load_run(trained())
    tasks = run.environment.tasks().test[:3]
    (episodes,) = explore(run.environment, run.player.explorer(), tasks, task_seeds(0, 1, tasks))
    with pytest.raises(PluginError, match=r"Nonsense: predict\(\) gives probabilities"):
        uncalibrated(Nonsense(), 2).probabilities(episodes)
    with pytest.raises(PluginError, match="a column per rubric item, 2 in all"):
        fit_calibration(Nonsense(), np.zeros((3, 5)), np.zeros((3, 2)))
