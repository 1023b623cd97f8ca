"""Information gain, written once: how much each step told about a target, in nats.

Whatever the target y is, exploration is rewarded by the growth of a decoder's log-likelihood of the truth
(Liu et al. 2021, section 4; Liu et al. 2022):

    r_t = log q(y | tau_:t+1) - log q(y | tau_:t) - c

so the rewards of a trial add up to log q(y | tau) - log q(y) - c T. Without c their mean is at most I(tau; y) + KL(p(y)
|| q(y)), where the last is by how much the decoder's prior is off, whatever is explored.
The target is a task's labels (grading), its embedding z = F(mu) (DREAM), or its identity.
All arrays here are detached values: the policy's reward never trains the decoder or the encoder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..simulation.episodes import Episodes

SMALLEST = 1e-3  # probabilities are clipped here, so that one confident mistake is worth at most 7 nats


def information_gain(log_q: NDArray[np.float32], episodes: Episodes, cost: float = 0.0) -> NDArray[np.float32]:
    """The reward r [B, T] from log q of the truth after every prefix, log_q [B, T+1]; each step costs `cost` nats.

    Padding earns 0. The slot between two episodes costs nothing, and holds what the new first observation told.
    """
    grown = np.diff(log_q, axis=1)
    return (np.where(episodes.valid[:, 1:], grown, 0) - np.float32(cost) * episodes.mask).astype(np.float32)


def label_log_likelihood(
    probability: NDArray[np.float32], targets: NDArray[np.float32], weight: NDArray[np.floating] | None = None
) -> NDArray[np.float32]:
    """Sum over labels of log q(y_l | prefix) [B, T+1], from probability [B, T+1, L] and targets [B, L] (NaN unknown).

    For a q that is a product of Bernoullis. `weight` [L] makes rare labels count, 1 / H(y_l) for instance.
    """
    p = np.clip(probability, SMALLEST, 1 - SMALLEST)
    y = targets[:, None]
    log_q = np.where(y > 0.5, np.log(p), np.log1p(-p))
    known = np.where(np.isnan(y), 0, log_q)
    return (known if weight is None else known * weight).sum(2, dtype=np.float32)


def embedding_log_likelihood(z: NDArray[np.float32], predicted: NDArray[np.float32], rho: float) -> NDArray[np.float32]:
    """log N(z; g(prefix), rho^2 I) up to a constant [B, T+1], from z [B, Z] and g [B, T+1, Z]."""  # noqa: D403
    return -((predicted - z[:, None]) ** 2).sum(2) / (2 * rho**2)


def identity_log_likelihood(logits: NDArray[np.float32], identity: NDArray[np.integer]) -> NDArray[np.float32]:
    """log q(mu | prefix) [B, T+1] of the right one of K tasks, from logits [B, T+1, K] and identity [B]."""  # noqa: D403
    top = logits.max(2, keepdims=True)
    log_sum = np.log(np.exp(logits - top).sum(2)) + top[..., 0]
    chosen = np.take_along_axis(logits, identity[:, None, None].astype(np.intp), 2)[..., 0]
    return np.maximum(chosen - log_sum, np.log(SMALLEST)).astype(np.float32)


def entropy_weight(targets: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 / H(y_l) per label [L] from the labels of many tasks [N, L], for labels that vary; 0 for those that do not."""
    rate = base_rates(targets)
    p = np.clip(rate, 1e-9, 1 - 1e-9)
    entropy = -(p * np.log(p) + (1 - p) * np.log1p(-p))
    return np.where((rate > 0) & (rate < 1), 1 / np.maximum(entropy, 0.05), 0).astype(np.float32)


def base_rates(targets: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of the tasks in which each label is present, of those where it is known; NaN if it never is: [L]."""
    known = (~np.isnan(targets)).sum(0)
    return np.where(known > 0, np.nansum(targets, 0, dtype=np.float64) / np.maximum(known, 1), np.nan)
