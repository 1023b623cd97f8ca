"""A recurrent decoder: outputs after every prefix of an exploration, trained on fresh trials and a replay of old ones.

The replay matters: information that only noisy rows stumble on is rare in fresh data, and the policy can learn to seek
it only once the decoder can read it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from .. import random
from ..simulation.episodes import Episodes, concatenate
from .inputs import Inputs
from .learner import State, load_states, states
from .networks import Accumulating
from .optimisation import Optimiser, dealt
from .replay import Replay
from .trials import REPLAYING

Loss = Callable[[Tensor, NDArray[Any]], Tensor]  # outputs [b, T+1, out], truth [b, ...] -> loss per position [b, T+1]


@frozen(kw_only=True)
class DecoderOptions:
    """Settings of a decoder."""

    hidden: int = 64
    learning_rate: float = 1e-3
    replayed: float = 0.5  # replayed rows for each fresh one
    megabytes: float = 32  # bound of the replay
    minibatches: int = 2
    whole: float = 0.0  # what the loss of the whole exploration counts beside the mean over all prefixes
    clip: float = 1.0


class Decoder:
    """g(prefix) -> outputs; position 0 is a learned prior."""

    def __init__(self, inputs: Inputs, out: int, options: DecoderOptions, *, seed: int = 0, device: str = "cpu"):
        self.inputs, self.options, self.seed, self.device = inputs, options, seed, device
        self.net = Accumulating(inputs.size, out, hidden=options.hidden, zero_head=True).to(device)
        self.optimiser = Optimiser([self.net], options.learning_rate, options.clip)
        self.replay = Replay(options.megabytes)
        self.updates = 0

    @torch.no_grad()
    def outputs(self, episodes: Episodes) -> NDArray[np.float32]:
        """Detached outputs after every prefix [B, T+1, out]."""
        return self.net(self.inputs.of_episodes(episodes).to(self.device)).cpu().numpy()

    def learn(self, episodes: Episodes, truth: NDArray[Any], loss: Loss, progress: float = 0.0) -> float:
        """One pass over the fresh trials and a share of replayed ones; the mean loss over all valid prefixes."""
        episodes = self.inputs.looked_at(episodes)
        if not self.updates:
            seen = self.inputs.of_episodes(episodes)[torch.from_numpy(episodes.valid)]
            self.net.standardise_by(seen.to(self.device), self.inputs.measured)
        replayed = round(len(episodes) * self.options.replayed)
        parts = [(episodes, truth)]
        if replayed and self.replay.filled:
            rng = np.random.default_rng(random.key(self.seed, REPLAYING, self.updates))
            parts.append(self.replay.sample(rng, replayed))
        if replayed:
            self.replay.add(episodes, truth)
        self.updates += 1
        every, truth = concatenate([part for part, _ in parts]), np.concatenate([part for _, part in parts])
        losses = []
        for rows in dealt(len(every), self.options.minibatches):
            chosen = every.rows(rows)
            valid = torch.from_numpy(chosen.valid).to(self.device)
            outputs = self.net(self.inputs.of_episodes(chosen).to(self.device))
            each = loss(outputs, truth[rows]) * valid
            mean = total = each.sum() / valid.sum()
            if self.options.whole:
                last = each[torch.arange(len(each), device=self.device), valid.sum(1) - 1]
                total = mean + self.options.whole * last.mean()
            self.optimiser.step(total, progress)
            losses.append(float(mean.detach()))
        return float(np.mean(losses))

    def parts(self) -> dict[str, Any]:
        """What there is of it to keep."""
        return {"net": self.net, "optimiser": self.optimiser, "replay": self.replay}

    def state(self) -> State:
        """Weights, optimiser, replay and the count of updates."""
        return {**states(self.parts()), "updates": np.asarray(self.updates)}

    def load(self, state: State) -> None:
        """Take over `state()`."""
        load_states(self.parts(), state)
        self.updates = int(state["updates"])
