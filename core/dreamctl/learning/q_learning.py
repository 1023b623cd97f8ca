"""The recurrent Q-learner that every value-based explorer and executor shares: PQN over whole trials.

Gallici et al. 2024 (PQN): online Q(lambda) with LayerNorm, no target network and no replay of policy data. Sequences
always begin at the start of a trial, so no stored hidden state goes stale. Each row of the batch keeps its own
epsilon for ever (a ladder), which keeps some rows near-greedy and some noisy; the decoder needs the noisy ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from ..simulation.episodes import Episodes
from ..simulation.policy import Seen
from .acting import Loss, NetworkLearner, RecurrentPolicy
from .inputs import Inputs
from .networks import Network, Recurrent
from .returns import trial_returns

Condition = Callable[[Tensor], Tensor]  # rows [b] -> their condition [b, Z] or [b, T+1, Z], with gradient


@frozen(kw_only=True)
class QOptions:
    """Settings of the Q-learner; the defaults serve horizons up to a few hundred steps."""

    hidden: int = 64
    learning_rate: float = 1e-3
    discount: float = 1.0
    lambda_: float = 0.9
    cut: bool = False  # Watkins: no return reaches back over an action that was not the greedy one
    epochs: int = 1
    minibatches: int = 4
    clip: float = 1.0
    noisy: float = 0.25  # share of rows with a fixed large epsilon
    noise: float = 0.6
    departing: bool = False  # a noisy row acts greedily up to a step of its own, and at random from there on
    sticky: float = 0.0  # share of the random actions that are the last action again, which leads farther


class QLearner(NetworkLearner):
    """Learns Q(history, action) [B, T, A] from whole trials, and acts on it."""

    def __init__(
        self,
        inputs: Inputs,
        options: QOptions,
        *,
        condition: int = 0,
        trained_too: nn.Module | None = None,
        network: Network = Recurrent,
        device: str = "cpu",
    ) -> None:
        net = network(inputs.size, inputs.actions, hidden=options.hidden, condition=condition)
        super().__init__(inputs, options, net, trained_too, device)

    def policy(self, epsilon: float | NDArray[np.float64] = 0.0) -> QPolicy:
        """The epsilon-greedy policy of the present network; `epsilon` is one number, or one per row [B]."""
        return QPolicy(self.net, self.inputs, epsilon, sticky=self.options.sticky)

    def exploring(self, batch: int) -> QPolicy:
        """What is acted on to learn from: each row on its own rung of the ladder."""
        return QPolicy(self.net, self.inputs, self.ladder(batch), self.departures(batch), self.options.sticky)

    def ladder(self, batch: int) -> NDArray[np.float64]:
        """One epsilon per row [B]: three quarters on a ladder 0.4^(1 + 7u), the rest fixed and noisy."""
        noisy = round(batch * self.options.noisy)
        rungs = 0.4 ** (1 + 7 * np.linspace(0, 1, batch - noisy))
        return np.concatenate([rungs, np.full(noisy, self.options.noise)])

    def departures(self, batch: int) -> NDArray[np.int64]:
        """The step of an episode from which each row acts on its epsilon [B]: 0, but for noisy rows that depart, which
        do so at steps spread over the whole episode.
        """
        since = np.zeros(batch, np.int64)
        noisy = round(batch * self.options.noisy)
        if self.options.departing and noisy:
            world = self.inputs.environment
            steps = max(world.exploration_steps, world.execution_steps)
            since[-noisy:] = np.linspace(0, steps, noisy, endpoint=False)
        return since

    def learn(
        self,
        episodes: Episodes,
        reward: NDArray[np.float32],
        *,
        condition: Condition | None = None,
        auxiliary: Loss | None = None,
        progress: float = 0.0,
    ) -> Mapping[str, float]:
        """One pass (or `epochs`) over fresh trials with the reward [B, T]; `auxiliary(rows)` is added to the loss.

        `progress` in [0, 1] is how much of the budget is spent; the learning rate falls with it.
        """
        x, everyone = self.features(episodes), torch.arange(len(episodes), device=self.device)
        with torch.no_grad():
            q = self.net(x, condition and condition(everyone))
        value = q.amax(2).cpu().numpy()
        o = self.options
        followed = q[:, :-1].argmax(2).cpu().numpy() == episodes.action if o.cut else None
        target = trial_returns(
            reward,
            value[:, :-1],
            episodes.mask,
            episodes.valid,
            discount=o.discount,
            lambda_=o.lambda_,
            followed=followed,
        )
        target_ = torch.from_numpy(target).to(self.device)
        mask = torch.from_numpy(episodes.mask).to(self.device)
        action = torch.from_numpy(np.maximum(episodes.action, 0)).to(self.device)

        def error(rows: Tensor) -> Tensor:
            q = self.net(x[rows], condition and condition(rows))[:, :-1]
            chosen = q.gather(2, action[rows, :, None])[..., 0]
            m = mask[rows]
            return 0.5 * (((chosen - target_[rows]) ** 2) * m).sum() / m.sum().clamp(min=1)

        return {"loss": self.descend(everyone, error, auxiliary, progress), "value": float(value[:, 0].mean())}


class QPolicy(RecurrentPolicy):
    """Greedy on Q, but with probability epsilon from step `since` on; one uniform number decides whether and which."""

    def __init__(
        self,
        net: Any,
        inputs: Inputs,
        epsilon: float | NDArray[np.float64] = 0.0,
        since: int | NDArray[np.int64] = 0,
        sticky: float = 0.0,
    ) -> None:
        super().__init__(net, inputs)
        self.epsilon, self.since, self.sticky = epsilon, since, sticky

    def choose(self, out: Tensor, seen: Seen, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        greedy = out.argmax(1).cpu().numpy()
        if not np.any(self.epsilon):
            return greedy
        epsilon = np.where(seen.taken >= self.since, self.epsilon, 0.0)
        if not self.sticky:
            return explore_around(greedy, epsilon, uniform, self.inputs.wandering)
        moved, again = seen.action >= 0, self.sticky * epsilon  # a number below `again` says: the last action
        unstuck = np.where(moved & (uniform < epsilon), (uniform - again) / (1 - self.sticky), uniform)
        actions = explore_around(greedy, epsilon, np.maximum(unstuck, 0), self.inputs.wandering)
        return np.where(moved & (uniform < again), seen.action, actions)


def explore_around(
    greedy: NDArray[np.int64],
    epsilon: float | NDArray[np.float64],
    uniform: NDArray[np.float64],
    actions: NDArray[np.int64],
) -> NDArray[np.int64]:
    """`greedy` [B], or a uniformly random one of `actions` where uniform < epsilon."""
    if not np.any(epsilon):
        return greedy
    scaled = np.divide(uniform, epsilon, out=np.ones_like(uniform), where=np.broadcast_to(epsilon, uniform.shape) > 0)
    drawn = (np.minimum(scaled, 1 - 1e-12) * len(actions)).astype(np.int64)
    return np.where(scaled < 1, actions[drawn], greedy)
