"""Lambda-returns over the packed episodes of a trial."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled


@compiled
def lambda_returns(reward, value, mask, valid, discount, lambda_, last_value, followed):  # type: ignore[no-untyped-def]
    """Q(lambda) targets: G_t = r_t + discount ((1 - lambda) V_{t+1} + lambda G_{t+1}) (Gallici et al. 2024, PQN).

    reward, value, mask, discount [B, T], valid [B, T+1], last_value [B] float32 -> [B, T] float32, 0 where no step
    happened. `value` is V(s_t), of the observation that the step left. A trial is one stream: the slot between two of
    its episodes is no decision, and adds its reward to what follows, times its discount. Behind the
    trial's last step comes `last_value`: 0 where the end of the trial is the end of what counts, V(s_T) to bootstrap
    through a step limit. `followed` [B, T] says where the greedy action was taken; before another one, a return counts
    as the value of what the row left (Watkins 1989).
    """
    batch, steps = reward.shape
    target = np.zeros((batch, steps), np.float32)
    for b in range(batch):
        next_value = next_return = last_value[b]
        for t in range(steps - 1, -1, -1):
            if mask[b, t]:
                g = reward[b, t] + discount[b, t] * ((1 - lambda_) * next_value + lambda_ * next_return)
                target[b, t] = g
                next_value = value[b, t]
                next_return = g if followed[b, t] else next_value
            elif valid[b, t + 1]:
                next_value = reward[b, t] + discount[b, t] * next_value
                next_return = reward[b, t] + discount[b, t] * next_return
            else:
                next_value = next_return = last_value[b]
    return target


def trial_returns(
    reward: NDArray[np.float32],
    value: NDArray[np.float32],
    mask: NDArray[np.bool_],
    valid: NDArray[np.bool_],
    *,
    discount: float | NDArray[np.float32],
    lambda_: float,
    last_value: NDArray[np.float32] | None = None,
    followed: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """`lambda_returns` with types in order; without `last_value` nothing counts behind the trial.

    One `discount` is that of each decision, and 1 in other slots; by slot, [B, T], it may differ with how long each
    took.
    """
    discount = np.asarray(discount, np.float32)
    if not discount.ndim:
        discount = np.where(mask, discount, np.float32(1))
    if last_value is None:
        last_value = np.zeros(len(reward), np.float32)
    if followed is None:
        followed = np.ones_like(mask)
    as32 = np.float32
    return lambda_returns(
        reward.astype(as32),
        value.astype(as32),
        mask,
        valid,
        discount,
        as32(lambda_),
        last_value.astype(as32),
        followed,
    )
