"""The recurrent classifier: q(y | tau_:t) after every prefix, to judge by, to reward exploration, to show evidence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ..learning.decoder import Decoder, DecoderOptions
from ..learning.gain import base_rates
from ..learning.inputs import Inputs
from ..learning.learner import Judge, State
from ..learning.options import CLASSIFIER, from_problem
from ..learning.trials import sample_tasks
from ..records import Problem
from ..simulation.episodes import Episodes


@frozen(kw_only=True)
class RecurrentOptions:
    """Settings of the recurrent classifier."""

    hidden: int = 64
    learning_rate: float = 1e-3
    replayed: float = 0.5
    megabytes: float = 32


class RecurrentJudge(Judge):
    """A product of Bernoullis over the rubric's items, read off a recurrent decoder at every position.

    Its loss is the cross-entropy of every prefix, the empty one too, so the first output learns the base rates; they
    are also where it starts.
    """

    prefixes = True

    def __init__(self, problem: Problem) -> None:
        assert problem.rubric is not None
        o = from_problem(RecurrentOptions, problem, CLASSIFIER)
        options = DecoderOptions(
            hidden=o.hidden, learning_rate=o.learning_rate, replayed=o.replayed, megabytes=o.megabytes
        )
        items = len(problem.rubric.items)
        torch.manual_seed(problem.seed)
        self.decoder = Decoder(Inputs(problem.environment), items, options, seed=problem.seed, device=problem.device)
        rate = base_rates(problem.rubric.targets(sample_tasks(problem)))
        bias = np.nan_to_num(np.log(np.clip(rate, 1e-3, 0.999) / np.clip(1 - rate, 1e-3, 0.999)))
        self.decoder.net.head.bias.data = torch.as_tensor(bias, dtype=torch.float32, device=problem.device)

    def learn(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        return {"nats": self.decoder.learn(episodes, targets, cross_entropy)}

    def predict(self, episodes: Episodes) -> NDArray[np.float32]:
        return torch.from_numpy(self.decoder.outputs(episodes)).sigmoid().numpy()

    def state(self) -> State:
        return self.decoder.state()

    def load(self, state: State) -> None:
        self.decoder.load(state)


def cross_entropy(logits: Tensor, targets: NDArray[np.float32]) -> Tensor:
    """-log q(y | prefix), averaged over the known labels: logits [b, T+1, L], targets [b, L] -> [b, T+1]."""
    y = torch.from_numpy(targets).to(logits.device)[:, None].expand_as(logits)
    known = ~torch.isnan(y)
    nats = functional.binary_cross_entropy_with_logits(logits, torch.nan_to_num(y), reduction="none")
    return (nats * known).sum(2) / known.sum(2).clamp(min=1)
