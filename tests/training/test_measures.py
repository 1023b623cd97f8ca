import numpy as np
import pytest
from sklearn import metrics

from dreamctl.training.measures import (
    bootstrap,
    broken_measures,
    coverage,
    expected_calibration_error,
    mean_interval,
    rubric_measures,
)

KEYS = ("a", "b", "c")


@pytest.fixture
def judged():
    rng = np.random.default_rng(0)
    targets = (rng.random((200, 3)) < [0.5, 0.2, 0.05]).astype(np.float32)
    return np.clip(0.4 * targets + rng.random(targets.shape) * 0.7, 0, 1), targets


@pytest.mark.parametrize("weighted", [False, True])
def test_measures_equal_those_of_scikit_learn(judged, weighted):
    probability, targets = judged
    weights = np.random.default_rng(1).integers(1, 50, len(targets)) if weighted else None
    said, so = probability >= 0.5, targets > 0.5
    found = rubric_measures(probability, targets, KEYS, weights)
    for i, key in enumerate(KEYS):
        options = {"sample_weight": weights}
        assert found["labels"][key]["accuracy"] == pytest.approx(
            metrics.accuracy_score(so[:, i], said[:, i], **options)
        )
        assert found["labels"][key]["f1"] == pytest.approx(metrics.f1_score(so[:, i], said[:, i], **options))
        assert found["labels"][key]["precision"] == pytest.approx(
            metrics.precision_score(so[:, i], said[:, i], **options)
        )
        assert found["labels"][key]["recall"] == pytest.approx(metrics.recall_score(so[:, i], said[:, i], **options))
        assert found["labels"][key]["mcc"] == pytest.approx(metrics.matthews_corrcoef(so[:, i], said[:, i], **options))
        assert found["labels"][key]["prevalence"] == pytest.approx(np.average(so[:, i], weights=weights))
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(so, said, average="macro", sample_weight=weights))
    assert found["micro_f1"] == pytest.approx(metrics.f1_score(so, said, average="micro", sample_weight=weights))
    assert found["accuracy"] == pytest.approx(np.mean([found["labels"][key]["accuracy"] for key in KEYS]))


def test_weights_count_as_repeated_programs(judged):
    probability, targets = judged
    weights = np.arange(len(targets)) % 4
    repeated = np.repeat(np.arange(len(targets)), weights)
    a = rubric_measures(probability, targets, KEYS, weights)
    b = rubric_measures(probability[repeated], targets[repeated], KEYS)
    assert a["ece"] == pytest.approx(b["ece"])
    assert a["macro_mcc"] == pytest.approx(b["macro_mcc"])


def test_unknown_targets_count_nowhere(judged):
    probability, targets = judged
    known = targets.copy()
    known[50:, 1] = np.nan
    found = rubric_measures(probability, known, KEYS)
    assert found["labels"]["b"] == rubric_measures(probability[:50], targets[:50], KEYS)["labels"]["b"]
    assert found["labels"]["a"] == rubric_measures(probability, targets, KEYS)["labels"]["a"]
    known[:, 2] = np.nan
    assert np.isnan(rubric_measures(probability, known, KEYS)["labels"]["c"]["accuracy"])
    assert np.isfinite(rubric_measures(probability, known, KEYS)["macro_f1"])


def test_never_saying_present_earns_no_f1_and_no_mcc(judged):
    found = rubric_measures(np.zeros((200, 3)), judged[1], KEYS)
    assert found["macro_f1"] == found["micro_f1"] == found["macro_mcc"] == 0
    assert found["accuracy"] > 0.7


def test_calibration_error_by_hand():
    probability = np.array([0.1, 0.1, 0.9, 0.9])
    assert expected_calibration_error(probability, np.array([0, 0, 1, 1])) == pytest.approx(0.1)
    assert expected_calibration_error(probability, np.array([1, 0, 1, 0])) == pytest.approx(0.4)
    assert expected_calibration_error(np.array([1.0, 0.0]), np.array([1, 0])) == 0
    assert np.isnan(expected_calibration_error(np.zeros(0), np.zeros(0)))


def test_intervals_hold_the_measure_and_shrink_with_more_programs(judged):
    probability, targets = judged
    found = rubric_measures(probability, targets, KEYS)
    rng = np.random.default_rng(0)
    few, many = (bootstrap(*(np.tile(x, (n, 1)) for x in (judged[0] >= 0.5, judged[1])), rng) for n in (1, 9))
    for name, (low, high) in few.items():
        assert low <= found[name] <= high
        assert many[name][1] - many[name][0] < 0.6 * (high - low)


def test_the_interval_of_a_mean_is_about_two_standard_errors():
    values = np.random.default_rng(0).normal(3, 1, 400)
    low, high = mean_interval(values, np.random.default_rng(1))
    assert high - low == pytest.approx(4 * values.std() / 20, rel=0.1)


SURE = np.array([[0.99, 0.02], [0.6, 0.97], [0.4, 0.95]])  # the two nearest to 0.5 are equally unsure
TRUTH = np.array([[1, 0], [0, 1], [0, 1]], np.float32)  # and one of them is wrong


def test_accuracy_by_coverage_by_hand():
    found = dict(coverage(SURE, TRUTH))
    assert found[1.0] == pytest.approx(5 / 6)
    assert found[0.5] == 1.0
    assert found[0.8] == pytest.approx((4 + 0.8 * 0.5) / 4.8)  # 4.8 verdicts: four sure ones, 0.8 of the other two
    assert coverage(np.zeros((3, 1)), np.full((3, 1), np.nan)) == []


@pytest.mark.parametrize("rows", [1, 7])
def test_the_surest_share_of_the_headline_is_that_of_the_coverage_curve(judged, rows):
    probability, targets = (np.tile(x, (rows, 1)) for x in judged)
    targets[::5, 1] = np.nan
    found = rubric_measures(probability, targets, KEYS)
    assert found["certain"] == pytest.approx(dict(coverage(probability, targets))[0.95])
    assert rubric_measures(SURE, TRUTH, KEYS[:2])["certain"] == pytest.approx(dict(coverage(SURE, TRUTH))[0.95])


def test_every_headline_has_an_interval(judged):
    found = rubric_measures(*judged, KEYS)
    assert set(bootstrap(*judged, np.random.default_rng(0))) == set(found) - {"labels"}


def test_broken_and_correct_are_told_apart_by_hand():
    probability = np.array([0.9, 0.8, 0.2, 0.7, 0.1, 0.6])
    broken = np.array([1, 1, 1, 0, 0, np.nan])
    found = broken_measures(probability, broken, np.random.default_rng(0))
    assert (found["recall"], found["specificity"]) == (pytest.approx(2 / 3), 0.5)
    assert found["balanced_accuracy"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert (found["accuracy"], found["prevalence"]) == (pytest.approx(3 / 5), pytest.approx(3 / 5))
    low, high = found["intervals"]["accuracy"]
    assert low < found["accuracy"] < high
    assert np.isnan(broken_measures(probability[:3], broken[:3])["balanced_accuracy"])  # none is correct


def test_verdicts_may_differ_from_what_is_likelier(judged):
    probability, targets = judged
    said = probability >= 0.3
    found = rubric_measures(probability, targets, KEYS, said=said)
    as_sure = rubric_measures(said.astype(float), targets, KEYS)
    assert {name: found[name] for name in ("accuracy", "macro_f1", "exact")} == {
        name: as_sure[name] for name in ("accuracy", "macro_f1", "exact")
    }
    assert found["ece"] == rubric_measures(probability, targets, KEYS)["ece"]
    assert dict(coverage(probability, targets, said))[1.0] == pytest.approx(found["accuracy"])
    low, high = bootstrap(probability, targets, np.random.default_rng(0), said=said)["accuracy"]
    assert low <= found["accuracy"] <= high
