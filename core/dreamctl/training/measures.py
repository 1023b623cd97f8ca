"""Measures of verdicts against the truth, and their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 15
RESAMPLES = 1000


def rubric_measures(
    probability: NDArray[Any],
    targets: NDArray[Any],
    keys: Sequence[str],
    weights: NDArray[Any] | None = None,
    *,
    said: NDArray[np.bool_] | None = None,
) -> dict[str, Any]:
    """Accuracy, F1 and MCC by macro and micro means, calibration error, and the same for each label.

    `probability` [B, L] of presence; `said` [B, L]: where the verdict is "present", by default from 0.5 on;
    `targets` [B, L], NaN where unknown, which counts nowhere. `exact` is the share of programs with every verdict
    right. F1 and MCC are 0 where they are not defined, so that never saying "present" earns nothing.
    `weights` [B]: how many submissions each program stands for.
    """
    weights = np.ones(len(targets)) if weights is None else np.asarray(weights, np.float64)
    known = ~np.isnan(targets)
    said = probability >= 0.5 if said is None else said
    counts = _counts(said, targets, weights)  # [L, 4]
    per_label = _from_counts(counts)
    labels = {}
    for i, key in enumerate(keys):
        rows = known[:, i]
        labels[key] = {name: float(values[i]) for name, values in per_label.items()}
        labels[key]["ece"] = expected_calibration_error(probability[rows, i], targets[rows, i], weights[rows])
    spread = np.broadcast_to(weights[:, None], known.shape)
    right = (said == (targets > 0.5)) | ~known
    return {
        **_headline(counts),
        "exact": float(np.average(right.all(1), weights=weights)),
        "ece": expected_calibration_error(probability[known], targets[known], spread[known]),
        "labels": labels,
    }


def bootstrap(
    said: NDArray[np.bool_], targets: NDArray[Any], rng: np.random.Generator, weights: NDArray[Any] | None = None
) -> dict[str, tuple[float, float]]:
    """95 % intervals of the headline measures of verdicts [B, L], over programs drawn anew with replacement."""
    weights = np.ones(len(targets)) if weights is None else np.asarray(weights, np.float64)
    cells = _cells(said, targets) * weights[:, None, None]  # [B, L, 4]
    flat = cells.reshape(len(cells), -1)
    found = [_headline(counts) for counts in _resampled(flat, rng).reshape(RESAMPLES, -1, 4)]
    return {
        name: tuple(float(q) for q in np.nanquantile([f[name] for f in found], [0.025, 0.975]))  # type: ignore[misc]
        for name in found[0]
    }


def mean_interval(values: NDArray[Any], rng: np.random.Generator) -> tuple[float, float]:
    """95 % interval of a mean, by the bootstrap."""
    sums = _resampled(np.asarray(values, np.float64)[:, None], rng)
    low, high = np.quantile(sums / len(values), [0.025, 0.975])
    return float(low), float(high)


def expected_calibration_error(
    probability: NDArray[Any], target: NDArray[Any], weights: NDArray[Any] | None = None
) -> float:
    """Mean distance between stated probability and frequency over equal bins of the stated probability."""
    if len(probability) == 0:
        return float("nan")
    weights = np.ones(len(probability)) if weights is None else weights
    which = np.minimum((np.asarray(probability) * BINS).astype(int), BINS - 1)
    total = np.bincount(which, weights, BINS)
    gap = np.bincount(which, weights * probability, BINS) - np.bincount(which, weights * target, BINS)
    return float(np.abs(gap).sum() / total.sum())


def _resampled(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Sums over rows [B, N] drawn anew with replacement: [R, N], some at a time to bound the memory."""
    rows, some = len(values), RESAMPLES // 20
    sums = [rng.multinomial(rows, np.full(rows, 1 / rows), some) @ values for _ in range(20)]
    return np.concatenate(sums)


def _cells(said: NDArray[np.bool_], targets: NDArray[Any]) -> NDArray[np.float64]:
    """Which of (true positive, false positive, false negative, true negative) each decision is: [B, L, 4]."""
    known, so = ~np.isnan(targets), targets > 0.5
    return np.stack([said & so, said & ~so, ~said & so, ~said & ~so], -1) & known[..., None]


def _counts(said: NDArray[np.bool_], targets: NDArray[Any], weights: NDArray[Any]) -> NDArray[np.float64]:
    return np.einsum("b,blc->lc", weights, _cells(said, targets).astype(np.float64))


def _from_counts(counts: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Measures of each label from its counts [L, 4]; NaN where nothing is known."""
    tp, fp, fn, tn = np.moveaxis(counts, -1, 0)
    total = tp + fp + fn + tn
    nan = np.where(total > 0, 0.0, np.nan)
    return {
        "accuracy": _ratio(tp + tn, total) + nan,
        "precision": _ratio(tp, tp + fp) + nan,
        "recall": _ratio(tp, tp + fn) + nan,
        "f1": _ratio(2 * tp, 2 * tp + fp + fn) + nan,
        "mcc": _ratio(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))) + nan,
        "prevalence": _ratio(tp + fn, total) + nan,
    }


def _headline(counts: NDArray[np.float64]) -> dict[str, float]:
    each = _from_counts(counts)
    tp, fp, fn, _ = counts.sum(0)
    seen = counts.sum(1) > 0
    if not seen.any():
        return dict.fromkeys(("accuracy", "macro_f1", "micro_f1", "macro_mcc"), float("nan"))
    return {
        "accuracy": float(each["accuracy"][seen].mean()),
        "macro_f1": float(each["f1"][seen].mean()),
        "micro_f1": float(_ratio(2 * tp, 2 * tp + fp + fn)),
        "macro_mcc": float(each["mcc"][seen].mean()),
    }


def _ratio(top: Any, bottom: Any) -> NDArray[np.float64]:
    """Top / bottom, and 0 where both are 0."""
    bottom = np.asarray(bottom, np.float64)
    return np.divide(top, bottom, out=np.zeros_like(bottom), where=bottom > 0)
