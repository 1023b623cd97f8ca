"""The `running` classifier: a small network on the event statistics after every prefix.

It judges by the same evidence as `responses`, what followed each kind of event, but after every step, so it can reward
exploration: a step earns what it told about what some event brings about. It learns from few labelled programs where
a recurrent network over raw steps needs many, since the order of things is pooled away before it looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from .. import random
from ..learning.gain import base_rates
from ..learning.learner import Follower, Judge, State, below, prefixed
from ..learning.optimisation import Optimiser
from ..learning.options import CLASSIFIER, from_problem
from ..learning.running import Running, advance, feature_count, running_features, start
from ..learning.trials import PREFIXES, sample_tasks
from ..records import Problem
from ..simulation.episodes import Episodes
from ..simulation.policy import Seen
from .recurrent import cross_entropy


@frozen(kw_only=True)
class RunningOptions:
    """Settings of the running classifier."""

    hidden: int = 128
    learning_rate: float = 2e-3
    prefixes: int = 16  # prefixes of each exploration that it learns from, the whole one always among them
    minibatches: int = 8
    dropout: float = 0.1


class RunningJudge(Judge):
    """q(y | statistics of tau_:t): standardise, two hidden layers, a Bernoulli per item."""

    prefixes = True

    def __init__(self, problem: Problem) -> None:
        assert problem.rubric is not None
        self.problem, self.options = problem, from_problem(RunningOptions, problem, CLASSIFIER)
        o, items = self.options, len(problem.rubric.items)
        torch.manual_seed(problem.seed)
        self.net = Reader(feature_count(problem.environment), items, o.hidden, o.dropout).to(problem.device).eval()
        rate = base_rates(problem.rubric.targets(sample_tasks(problem)))
        bias = np.nan_to_num(np.log(np.clip(rate, 1e-3, 0.999) / np.clip(1 - rate, 1e-3, 0.999)))
        self.net.head.bias.data = torch.as_tensor(bias, dtype=torch.float32, device=problem.device)
        self.optimiser = Optimiser([self.net], o.learning_rate, clip=1.0)
        self.updates = 0

    def learn(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        x = running_features(self.problem.environment, episodes)
        rng = np.random.default_rng(random.key(self.problem.seed, PREFIXES, self.updates))
        last = episodes.valid.sum(1)  # [B] number of prefixes
        drawn = (rng.random((len(x), self.options.prefixes)) * last[:, None]).astype(np.intp)
        drawn[:, -1] = last - 1
        chosen = torch.from_numpy(x[np.arange(len(x))[:, None], drawn]).to(self.problem.device)
        if self.updates == 0:
            self.net.standardise_by(chosen)
        torch.manual_seed(random.key(self.problem.seed, PREFIXES, self.updates) >> 1)  # of the dropout
        self.net.train()
        losses = []
        for n in range(self.options.minibatches):
            rows = slice(n, None, self.options.minibatches)
            loss = cross_entropy(self.net(chosen[rows]), targets[rows]).mean()
            self.optimiser.step(loss)
            losses.append(float(loss.detach()))
        self.net.eval()
        self.updates += 1
        return {"nats": float(np.mean(losses))}

    @torch.no_grad()
    def predict(self, episodes: Episodes) -> NDArray[np.float32]:
        x = torch.from_numpy(running_features(self.problem.environment, episodes)).to(self.problem.device)
        return self.net(x).sigmoid().cpu().numpy()

    def follower(self) -> Follower:
        return RunningFollower(self)

    def state(self) -> State:
        return {
            **prefixed("net", self.net.state_dict()),
            **prefixed("optimiser", self.optimiser.state()),
            "updates": np.asarray(self.updates),
        }

    def load(self, state: State) -> None:
        self.net.load_state_dict(below("net", state))
        self.optimiser.load(below("optimiser", state))
        self.updates = int(state["updates"])


class RunningFollower(Follower):
    """The running classifier as play happens: its memory is the statistics so far and the last observation."""

    def __init__(self, judge: RunningJudge) -> None:
        self.judge, self.environment = judge, judge.problem.environment

    def start(self, batch: int) -> tuple[Running, NDArray[Any] | None]:
        return start(self.environment, batch), None

    @torch.no_grad()
    def step(
        self, seen: Seen, memory: tuple[Running, NDArray[Any] | None]
    ) -> tuple[NDArray[np.float32], tuple[Running, NDArray[Any]]]:
        running, before = memory
        first = before is None
        x = advance(self.environment, running, seen.observation if before is None else before, seen, first)
        logits = self.judge.net(torch.from_numpy(x).to(self.judge.problem.device))
        return logits.sigmoid().cpu().numpy(), (running, seen.observation)


class Reader(nn.Module):
    """Statistics [..., F] -> logits [..., L]."""

    def __init__(self, features: int, items: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(features))
        self.register_buffer("scale", torch.ones(features))
        self.body = nn.Sequential(
            nn.Linear(features, hidden),
            nn.LayerNorm(hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.LayerNorm(hidden),
            nn.ReLU(),
        )
        self.head = nn.Linear(hidden, items)
        nn.init.zeros_(self.head.weight)

    def standardise_by(self, x: Tensor) -> None:
        """Centre and scale inputs as these are; kept from then on."""
        flat = x.reshape(-1, x.shape[-1])
        self.centre.copy_(flat.mean(0))
        self.scale.copy_(1 / flat.std(0).clamp(min=0.05))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(torch.sub(x, self.centre).mul_(self.scale).clamp_(-5, 5)))
