"""The `responses` classifier: what followed each kind of event, judged by boosted trees, one forest per item.

The statistics of `learning/running.py` pool a whole exploration in whatever order things happened, so they need few
labelled programs; gradient-boosted trees (scikit-learn's histogram form) read them. Only the fitted trees are kept, as
plain arrays, so a checkpoint holds no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from .. import random
from ..compiled import compiled
from ..learning.learner import Judge, State
from ..learning.options import CLASSIFIER, from_problem
from ..learning.running import statistics
from ..records import Problem
from ..simulation.episodes import Episodes, cut

LEAF = -1  # the feature of a node that is a leaf
NODES = ("feature", "threshold", "left", "right", "value")  # an entry per node


@frozen(kw_only=True)
class ResponsesOptions:
    """Settings of the boosted trees."""

    trees: int = 120
    learning_rate: float = 0.08
    leaves: int = 12
    least: int = 10  # smallest number of explorations in a leaf
    l2: float = 1.0
    features: float = 0.2  # share of the statistics that each split may look at
    bins: int = 64  # values that a statistic is rounded to while fitting
    cuts: int = 1  # random prefixes of each exploration that it also learns from, so that it can judge early


class ResponsesJudge(Judge):
    """Boosted trees on pooled event statistics: a probability per item for a whole exploration."""

    def __init__(self, problem: Problem) -> None:
        assert problem.rubric is not None
        self.problem, self.options = problem, from_problem(ResponsesOptions, problem, CLASSIFIER)
        self.items = len(problem.rubric.items)
        self.seen: list[NDArray[np.float32]] = []  # statistics of each batch, until `finish`
        self.truth: list[NDArray[np.float32]] = []
        self.forest: dict[str, NDArray[Any]] = {}

    def learn(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        """Take in the whole explorations, and prefixes of them cut at random steps."""
        rng = np.random.default_rng(random.key(self.problem.seed, len(self.seen)))
        cuts = [(rng.random(len(episodes)) * episodes.valid.sum(1)).astype(np.intp) for _ in range(self.options.cuts)]
        for part in (episodes, *(cut(episodes, at) for at in cuts)):
            self.seen.append(statistics(self.problem.environment, part))
            self.truth.append(targets)
        return {}

    def finish(self) -> Mapping[str, float]:
        """Fit one forest per item on everything seen."""
        x, y = np.concatenate(self.seen), np.concatenate(self.truth)
        forests = [self._fit(item, x, y[:, item]) for item in range(self.items)]
        self.forest = join(forests)
        self.seen, self.truth = [], []
        return {"trees": float(len(self.forest["root"]))}

    def _fit(self, item: int, x: NDArray[np.float32], y: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
        from sklearn.ensemble import HistGradientBoostingClassifier

        known = ~np.isnan(y)
        x, present = x[known], y[known] > 0.5
        if present.all() or not present.any():  # nothing to tell apart: a constant, by the rule of succession
            return constant((present.sum() + 1) / (len(present) + 2))
        o = self.options
        model = HistGradientBoostingClassifier(
            max_iter=o.trees,
            learning_rate=o.learning_rate,
            max_leaf_nodes=o.leaves,
            min_samples_leaf=o.least,
            l2_regularization=o.l2,
            max_features=o.features,
            max_bins=o.bins,
            early_stopping=False,
            random_state=random.key(self.problem.seed, item) % 2**32,
        )
        return as_arrays(model.fit(x, present))

    def predict(self, episodes: Episodes) -> NDArray[np.float32]:
        x = statistics(self.problem.environment, episodes)
        return np.exp(-np.logaddexp(0, -log_odds(self.forest, x, self.items))).astype(np.float32)

    def state(self) -> State:
        return {
            **self.forest,
            **{f"seen/{n}": a for n, a in enumerate(self.seen)},
            **{f"truth/{n}": a for n, a in enumerate(self.truth)},
        }

    def load(self, state: State) -> None:
        batches = sum(name.startswith("seen/") for name in state)
        self.seen = [np.asarray(state[f"seen/{n}"]) for n in range(batches)]
        self.truth = [np.asarray(state[f"truth/{n}"]) for n in range(batches)]
        self.forest = {name: np.asarray(array) for name, array in state.items() if "/" not in name}


def as_arrays(model: Any) -> dict[str, NDArray[Any]]:
    """A fitted HistGradientBoostingClassifier of two classes as plain arrays: its nodes, and where each tree begins."""
    trees = [stage[0].nodes for stage in model._predictors]
    roots = np.cumsum([0, *map(len, trees)])[:-1]
    nodes = np.concatenate(trees)
    place = np.repeat(roots, [len(tree) for tree in trees])  # children are counted within a tree
    return {
        "feature": np.where(nodes["is_leaf"], LEAF, nodes["feature_idx"]).astype(np.int32),
        "threshold": _rounded_down(nodes["num_threshold"]),
        "left": (nodes["left"] + place).astype(np.int32),
        "right": (nodes["right"] + place).astype(np.int32),
        "value": nodes["value"].astype(np.float32),
        "root": roots.astype(np.int32),
        "item": np.zeros(len(roots), np.int32),
        "bias": np.asarray(model._baseline_prediction, np.float32).reshape(1),
    }


def _rounded_down(x: NDArray[np.float64]) -> NDArray[np.float32]:
    """To float32, towards minus infinity: float32 values compare with it as they do with the float64 one."""
    nearest = x.astype(np.float32)
    return np.where(nearest > x, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def constant(probability: float) -> dict[str, NDArray[Any]]:
    """A forest without trees."""
    empty = {name: np.zeros(0, np.int32) for name in ("feature", "left", "right", "root", "item")}
    bias = np.array([np.log(probability / (1 - probability))], np.float32)
    return {**empty, "threshold": np.zeros(0, np.float32), "value": np.zeros(0, np.float32), "bias": bias}


def join(forests: list[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """The forests of all items in one set of arrays."""
    first = np.cumsum([0, *(len(forest["feature"]) for forest in forests)], dtype=np.int32)
    moved = {
        name: [forest[name] + start for forest, start in zip(forests, first, strict=False)]
        for name in ("left", "right", "root")
    }
    items = [forest["item"] + item for item, forest in enumerate(forests)]
    kept = {name: [forest[name] for forest in forests] for name in ("feature", "threshold", "value", "bias")}
    return {
        name: np.concatenate(parts).astype(parts[0].dtype) for name, parts in {**moved, **kept, "item": items}.items()
    }


def log_odds(forest: Mapping[str, NDArray[Any]], x: NDArray[np.float32], items: int) -> NDArray[np.float32]:
    """Sum of the trees' values for each row and item: [B, L] from x [B, F]."""
    out = np.repeat(forest["bias"][None].astype(np.float32), len(x), 0)  # [B, L]
    _add_trees(*(forest[name] for name in NODES), forest["root"], forest["item"], np.ascontiguousarray(x), out)
    return out


@compiled
def _add_trees(feature, threshold, left, right, value, root, item, x, out):  # type: ignore[no-untyped-def]
    for b in range(len(x)):
        for tree in range(len(root)):
            node = root[tree]
            while feature[node] != LEAF:
                node = left[node] if x[b, feature[node]] <= threshold[node] else right[node]
            out[b, item[tree]] += value[node]
