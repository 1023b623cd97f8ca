"""Measures of verdicts against the truth, and their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 15
RESAMPLES = 1000
CERTAIN = 0.95  # the share of verdicts that `certain` is about
SHARES = (1.0, 0.99, 0.95, 0.9, 0.8, 0.5)  # of `coverage`


def rubric_measures(
    probability: NDArray[Any],
    targets: NDArray[Any],
    keys: Sequence[str],
    weights: NDArray[Any] | None = None,
) -> dict[str, Any]:
    """Accuracy, F1 and MCC by macro and micro means, calibration error, and the same for each label.

    `probability` [B, L] of presence, a verdict being "present" from 0.5 on; `targets` [B, L], NaN where unknown, which
    counts nowhere. `exact` is the share of programs with every verdict right, and `certain` the accuracy on the
    `CERTAIN` share of verdicts that are surest. F1 and MCC are 0 where they are not defined, so that never saying
    "present" earns nothing.
    `weights` [B]: how many submissions each program stands for.
    """
    weights = _weights(weights, len(targets))
    known = ~np.isnan(targets)
    sums = _sums(probability, targets, weights)
    per_label = _from_counts(np.tensordot(weights, sums["cells"], 1))
    labels = {}
    for i, key in enumerate(keys):
        rows = known[:, i]
        labels[key] = {name: float(values[i]) for name, values in per_label.items()}
        labels[key]["ece"] = expected_calibration_error(probability[rows, i], targets[rows, i], weights[rows])
    headline = _headline({name: np.tensordot(weights, each, 1) for name, each in sums.items()})
    return {**{name: float(value) for name, value in headline.items()}, "labels": labels}


def bootstrap(
    probability: NDArray[Any], targets: NDArray[Any], rng: np.random.Generator, weights: NDArray[Any] | None = None
) -> dict[str, tuple[float, float]]:
    """95 % intervals of the headline measures, over programs drawn anew with replacement.

    Of `certain`, which verdicts are surest is decided once, on all programs. The calibration error of fewer different
    programs is greater, so its interval lies high.
    """
    return {name: _middle(values) for name, values in resamples(probability, targets, rng, weights).items()}


def resamples(
    probability: NDArray[Any], targets: NDArray[Any], rng: np.random.Generator, weights: NDArray[Any] | None = None
) -> dict[str, NDArray[np.float64]]:
    """The headline measures [R] of so many sets of programs, each drawn anew with replacement.

    Equal generators draw equal sets, if there are as many programs.
    """
    weights = _weights(weights, len(targets))
    sums = {
        name: weights.reshape(-1, *(1,) * (each.ndim - 1)) * each
        for name, each in _sums(probability, targets, weights).items()
    }
    return _headline(_resampled_sums(sums, rng))


def coverage(probability: NDArray[Any], targets: NDArray[Any]) -> list[tuple[float, float]]:
    """(share, accuracy on the surest share of verdicts), for a few shares; equally sure ones share a place."""
    known = ~np.isnan(targets)
    p, so = probability[known], targets[known] > 0.5
    if len(p) == 0:
        return []
    sure = np.abs(p - 0.5)
    order = np.argsort(-sure, kind="stable")
    last = np.flatnonzero(np.diff(sure[order], append=-1.0))  # of each group of equally sure ones
    right = np.append(0, np.cumsum(((p >= 0.5) == so)[order])[last])
    counts = np.append(0, last + 1)
    return [(share, float(np.interp(share * len(p), counts, right) / (share * len(p)))) for share in SHARES]


def broken_measures(
    probability: NDArray[Any], broken: NDArray[Any], rng: np.random.Generator | None = None
) -> dict[str, Any]:
    """How well broken programs are told from correct ones: `probability` [B] of anything being wrong, truth [B].

    `recall` is the share of broken programs that are called broken, `specificity` that of correct ones called correct;
    `balanced_accuracy` is their mean: what the accuracy would be with as many of the one as of the other. With `rng`,
    `intervals` are those of these three and of `accuracy`.
    """
    cells = _cells(probability[:, None], broken[:, None])[:, 0].astype(np.float64)  # [B, 4]
    counts = cells.sum(0)
    each = {name: float(value) for name, value in _from_counts(counts).items()}
    known = ~np.isnan(broken)
    found: dict[str, Any] = {
        **{name: float(value) for name, value in _two_sided(counts).items()},
        **{name: each[name] for name in ("precision", "f1", "mcc", "prevalence")},
        "ece": expected_calibration_error(probability[known], broken[known]),
    }
    if rng is None:
        return found
    resampled = _two_sided(_resampled_sums({"cells": cells}, rng)["cells"])
    return {**found, "intervals": {name: _middle(values) for name, values in resampled.items()}}


def mean_interval(values: NDArray[Any], rng: np.random.Generator) -> tuple[float, float]:
    """95 % interval of a mean, by the bootstrap."""
    sums = _resampled_sums({"values": np.asarray(values, np.float64)}, rng)["values"]
    return _middle(sums / len(values))


def expected_calibration_error(
    probability: NDArray[Any], target: NDArray[Any], weights: NDArray[Any] | None = None
) -> float:
    """Mean distance between stated probability and frequency over equal bins of the stated probability."""
    if len(probability) == 0:
        return float("nan")
    weights = np.ones(len(probability)) if weights is None else weights
    gap = np.bincount(_bin(probability), weights * (probability - target), BINS)
    return float(np.abs(gap).sum() / weights.sum())


# --- what the measures are made of: sums over programs ------------------------------------------------------------


Sums = dict[str, NDArray[np.float64]]  # each [B, ...] by program, or [...] of all, or [R, ...] of resampled ones


def _sums(probability: NDArray[Any], targets: NDArray[Any], weights: NDArray[np.float64]) -> Sums:
    """Of each program, unweighted: everything that the headline measures add up."""
    known = ~np.isnan(targets)
    right = (probability >= 0.5) == (targets > 0.5)
    gap = np.where(known, probability - np.nan_to_num(targets), 0)
    place = np.arange(len(targets))[:, None] * BINS + _bin(probability)
    sure = _share_of_surest(probability, known, weights)
    return {
        "cells": _cells(probability, targets).astype(np.float64),
        "exact": (right | ~known).all(1).astype(np.float64),
        "programs": np.ones(len(targets)),
        "gap": np.bincount(place.ravel(), gap.ravel(), len(targets) * BINS).reshape(-1, BINS),
        "sure": np.stack([(sure * right).sum(1), sure.sum(1)], 1),
    }


def _share_of_surest(
    probability: NDArray[Any], known: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How much of each verdict [B, L] belongs to the `CERTAIN` share that is surest: 1, 0, or at the border between."""
    sure = np.where(known, np.abs(probability - 0.5), -1.0)
    mass = np.where(known, weights[:, None], 0.0)
    order = np.argsort(-sure, axis=None)
    reached = np.cumsum(mass.ravel()[order])
    wanted = CERTAIN * reached[-1]
    border = sure.ravel()[order[min(np.searchsorted(reached, wanted), len(order) - 1)]]
    above, at = mass[sure > border].sum(), mass[sure == border].sum()
    part = np.clip((wanted - above) / at, 0, 1) if at > 0 else 0.0
    return np.where(sure > border, 1.0, np.where(sure == border, part, 0.0)) * known


def _headline(sums: Sums) -> dict[str, NDArray[np.float64]]:
    """The headline measures, from sums over programs with any leading axes."""
    counts = sums["cells"]  # [..., L, 4]
    each = _from_counts(counts)
    tp, fp, fn, _ = np.moveaxis(counts.sum(-2), -1, 0)
    nan = np.where(counts.sum((-1, -2)) > 0, 0.0, np.nan)
    return {
        "accuracy": _mean(each["accuracy"]),
        "macro_f1": _mean(each["f1"]),
        "micro_f1": _ratio(2 * tp, 2 * tp + fp + fn) + nan,
        "macro_mcc": _mean(each["mcc"]),
        "exact": _ratio(sums["exact"], sums["programs"]),
        "certain": _ratio(sums["sure"][..., 0], sums["sure"][..., 1]) + nan,
        "ece": _ratio(np.abs(sums["gap"]).sum(-1), counts.sum((-1, -2))) + nan,
    }


def _two_sided(counts: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Of a yes or no, from its counts [..., 4]; NaN where one of the two never is so."""
    tp, fp, fn, tn = np.moveaxis(np.asarray(counts, np.float64), -1, 0)
    recall = _ratio(tp, tp + fn) + np.where(tp + fn > 0, 0.0, np.nan)
    specificity = _ratio(tn, tn + fp) + np.where(tn + fp > 0, 0.0, np.nan)
    return {
        "accuracy": _from_counts(counts)["accuracy"],
        "balanced_accuracy": (recall + specificity) / 2,
        "recall": recall,
        "specificity": specificity,
    }


def _resampled_sums(sums: Sums, rng: np.random.Generator) -> Sums:
    """Sums [R, ...] over rows [B, ...] drawn anew with replacement, some at a time to bound the memory."""
    rows, some = len(next(iter(sums.values()))), RESAMPLES // 20
    parts: dict[str, list[NDArray[np.float64]]] = {name: [] for name in sums}
    for _ in range(20):
        times = rng.multinomial(rows, np.full(rows, 1 / rows), some).astype(np.float64)
        for name, each in sums.items():
            parts[name].append(np.tensordot(times, each, 1))
    return {name: np.concatenate(each) for name, each in parts.items()}


def _middle(values: NDArray[np.float64]) -> tuple[float, float]:
    """Where the middle 95 % of these lie; NaN where there are none."""
    if np.isnan(values).all():
        return float("nan"), float("nan")
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)


def _weights(weights: NDArray[Any] | None, rows: int) -> NDArray[np.float64]:
    return np.ones(rows) if weights is None else np.asarray(weights, np.float64)


def _bin(probability: NDArray[Any]) -> NDArray[np.intp]:
    return np.minimum((np.asarray(probability) * BINS).astype(np.intp), BINS - 1)


def _cells(probability: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.float64]:
    """Which of (true positive, false positive, false negative, true negative) each decision is: [B, L, 4]."""
    said, known, so = probability >= 0.5, ~np.isnan(targets), targets > 0.5
    return np.stack([said & so, said & ~so, ~said & so, ~said & ~so], -1) & known[..., None]


def _from_counts(counts: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Measures of each label from its counts [..., 4]; NaN where nothing is known."""
    tp, fp, fn, tn = np.moveaxis(np.asarray(counts, np.float64), -1, 0)
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


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the last axis, of those that are known; NaN where none is."""
    known = ~np.isnan(values)
    return _ratio(np.nansum(values, -1), known.sum(-1)) + np.where(known.any(-1), 0.0, np.nan)


def _ratio(top: Any, bottom: Any) -> NDArray[np.float64]:
    """Top / bottom, and 0 where both are 0."""
    bottom = np.asarray(bottom, np.float64)
    return np.divide(top, bottom, out=np.zeros_like(bottom), where=bottom > 0)
