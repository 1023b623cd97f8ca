"""The recurrent policy-gradient learner: PPO over whole trials, behind the same interface as the Q-learner.

Schulman et al. 2017: maximise E[min(ratio A, clip(ratio, 1 - e, 1 + e) A)], with A = G^lambda - V (generalised
advantage estimation), a squared value loss and an entropy bonus. Sequences begin at the start of a trial.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from .q_learning import Condition
from .returns import trial_returns


@frozen(kw_only=True)
class PGOptions:
    """Settings of the policy-gradient learner."""

    hidden: int = 64
    learning_rate: float = 1e-3
    discount: float = 0.99
    lambda_: float = 0.95
    epochs: int = 2
    minibatches: int = 4
    clip: float = 1.0
    ratio_clip: float = 0.2
    entropy: float = 0.01
    value: float = 0.5


class PGLearner(NetworkLearner):
    """Learns pi(action | history) and V(history) from whole trials."""

    def __init__(
        self,
        inputs: Inputs,
        options: PGOptions,
        *,
        condition: int = 0,
        trained_too: nn.Module | None = None,
        network: Network = Recurrent,
        device: str = "cpu",
    ) -> None:
        outputs = inputs.actions + 1
        net = network(inputs.size, outputs, hidden=options.hidden, condition=condition, zero_head=True)
        super().__init__(inputs, options, net, trained_too, device)

    def policy(self, *, greedy: bool = False) -> PGPolicy:
        """The present policy: sampling, or its most probable action."""
        return PGPolicy(self.net, self.inputs, greedy)

    def learn(
        self,
        episodes: Episodes,
        reward: NDArray[np.float32],
        *,
        condition: Condition | None = None,
        auxiliary: Loss | None = None,
        progress: float = 0.0,
    ) -> Mapping[str, float]:
        """`epochs` passes over fresh trials with the reward [B, T]; `auxiliary(rows)` is added to the loss."""
        o = self.options
        x, everyone = self.features(episodes), torch.arange(len(episodes), device=self.device)
        mask = torch.from_numpy(episodes.mask).to(self.device)
        action = torch.from_numpy(np.maximum(episodes.action, 0)).to(self.device)[..., None]
        with torch.no_grad():
            out = self.net(x, condition and condition(everyone))[:, :-1]
            before = out[..., :-1].log_softmax(2).gather(2, action)[..., 0]
        value = out[..., -1].cpu().numpy()
        target = trial_returns(reward, value, episodes.mask, episodes.valid, discount=o.discount, lambda_=o.lambda_)
        advantage = target - value
        played = advantage[episodes.mask]
        advantage = (advantage - played.mean()) / (played.std() + 1e-8)
        target_, advantage_ = (torch.from_numpy(a).to(self.device) for a in (target, advantage))

        def loss(rows: Tensor) -> Tensor:
            out, m = self.net(x[rows], condition and condition(rows))[:, :-1], mask[rows]
            log_pi = out[..., :-1].log_softmax(2)
            ratio = (log_pi.gather(2, action[rows])[..., 0] - before[rows]).exp()
            gained = torch.minimum(
                ratio * advantage_[rows], ratio.clamp(1 - o.ratio_clip, 1 + o.ratio_clip) * advantage_[rows]
            )
            entropy = -(log_pi.exp() * log_pi).sum(2)
            error = (out[..., -1] - target_[rows]) ** 2
            return ((o.value * error - gained - o.entropy * entropy) * m).sum() / m.sum().clamp(min=1)

        return {"loss": self.descend(everyone, loss, auxiliary, progress), "value": float(value[:, 0].mean())}


class PGPolicy(RecurrentPolicy):
    """Samples from pi by inverting its cumulative distribution at the row's uniform number, or takes its mode."""

    def __init__(self, net: Any, inputs: Inputs, greedy: bool) -> None:
        super().__init__(net, inputs)
        self.greedy = greedy

    def choose(self, out: Tensor, seen: Seen, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        logits = out[:, :-1]  # the last output is the value
        if self.greedy:
            return logits.argmax(1).cpu().numpy()
        passed = logits.softmax(1).cumsum(1).double().cpu().numpy() <= uniform[:, None]
        return np.minimum(passed.sum(1), self.inputs.actions - 1)
