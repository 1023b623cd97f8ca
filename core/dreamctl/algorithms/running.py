"""The `running` classifier: a network on what followed each kind of event, after every prefix.

The statistics of `learning/running.py` pool a play in whatever order things happened, so they need few labelled
programs where a recurrent network over raw steps needs many. As the decoder of an explorer it learns from each fresh
batch, and a step earns what it told about what some event brings about. As the judge of a run it gathers explorations
and is fitted on many passes over random prefixes of them, so it can judge early; and it learns when its verdicts will
not change any more, so that exploring can stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .. import random
from ..learning.events import Reading
from ..learning.gain import base_rates
from ..learning.learner import Follower, Judge, State, below, prefixed
from ..learning.networks import Standardised, in_chunks
from ..learning.optimisation import Optimiser
from ..learning.options import CLASSIFIER, from_problem
from ..learning.running import (
    Running,
    advance,
    now,
    running_statistics,
    start,
    statistic_names,
    statistics,
    statistics_after,
    statistics_at,
)
from ..learning.trials import PREFIXES, sample_tasks
from ..records import Problem
from ..simulation.episodes import Episodes
from ..simulation.policy import Seen
from .recurrent import cross_entropy

FollowerMemory = tuple[Running, NDArray[Any] | None]


@frozen(kw_only=True)
class RunningOptions:
    """Settings of the running classifier."""

    hidden: int = 128
    learning_rate: float = 2e-3
    prefixes: int = 16  # of each exploration, when it learns as a decoder; the whole one always among them
    minibatches: int = 8
    dropout: float = 0.1
    cuts: int = 8  # prefixes of each gathered exploration that are kept: the whole one, episode ends, and random ones
    passes: int = 40  # over what was gathered
    fitted: int = 256  # hidden units where it is fitted as a judge
    size: int = 256  # of a minibatch while it is fitted


class RunningJudge(Judge):
    """q(y | statistics of tau_:t): standardise, two hidden layers, a Bernoulli per item."""

    prefixes = True

    def __init__(self, problem: Problem) -> None:
        assert problem.rubric is not None
        self.problem, self.options = problem, from_problem(RunningOptions, problem, CLASSIFIER)
        self.features = len(statistic_names(problem.environment))
        rate = np.nan_to_num(base_rates(problem.rubric.targets(sample_tasks(problem))), nan=0.5)
        rate = np.clip(rate, 1e-3, 0.999)
        self.bias = torch.as_tensor(np.log(rate / (1 - rate)), dtype=torch.float32)
        torch.manual_seed(problem.seed)
        self.net = self._reader(self.options.hidden, self.bias)
        self.optimiser = Optimiser([self.net], self.options.learning_rate, clip=1.0)
        self.settling: Reader | None = None
        self.gathered: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []  # statistics [B, cuts, F], targets
        self.updates = 0

    def _reader(self, hidden: int, bias: Tensor) -> Reader:
        return Reader(self.features, bias, hidden, self.options.dropout).to(self.problem.device).eval()

    def learn(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        rng = np.random.default_rng(random.key(self.problem.seed, PREFIXES, self.updates))
        last = episodes.valid.sum(1)  # [B] number of prefixes
        drawn = (rng.random((len(episodes), self.options.prefixes)) * last[:, None]).astype(np.intp)
        drawn[:, -1] = last - 1
        x = statistics_at(self.problem.environment, episodes, np.sort(drawn, 1))
        chosen = torch.from_numpy(x).to(self.problem.device)
        if self.updates == 0:
            self.net.standardise(chosen)
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

    def gather(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        """Keep the statistics of some prefixes of each exploration: the whole, the ends of episodes, random ones."""
        rng = np.random.default_rng(random.key(self.problem.seed, PREFIXES, len(self.gathered)))
        last = episodes.valid.sum(1) - 1
        drawn = (rng.random((len(episodes), self.options.cuts)) * (last[:, None] + 1)).astype(np.intp)
        ends = [((episodes.episode < number) & episodes.valid).sum(1) - 1 for number in (1, 2, 4)]
        for column, end in enumerate([last, *ends][: self.options.cuts]):
            drawn[:, column] = end
        self.gathered.append((statistics_at(self.problem.environment, episodes, np.sort(drawn, 1)), targets))
        return {}

    def finish(self) -> Mapping[str, float]:
        """Fit the judge on what was gathered, then what says whether its verdicts will change."""
        x = torch.from_numpy(np.concatenate([x for x, _ in self.gathered]))  # [N, cuts, F], the whole one last
        y = np.concatenate([y for _, y in self.gathered])
        self.gathered.clear()
        torch.manual_seed(random.key(self.problem.seed, PREFIXES) >> 1)
        self.net = self._reader(self.options.fitted, self.bias)
        nats = self._fit(self.net, x, lambda out, rows, cuts: cross_entropy(out, y[rows]).mean())
        with torch.no_grad():
            present = torch.stack([self.net(x[:, cut].to(self.problem.device)) > 0 for cut in range(x.shape[1])], 1)
        changes = (present != present[:, -1:]).any(2).float()  # [N, cuts]
        self.settling = self._reader(self.options.hidden // 2, torch.zeros(1))

        def error(out: Tensor, rows: Tensor, cuts: Tensor) -> Tensor:
            y = changes[rows[:, None], cuts].to(out.device)
            return functional.binary_cross_entropy_with_logits(out[:, :, 0], y)

        self.settles = True
        return {"nats": nats, "settling": self._fit(self.settling, x, error)}

    def _fit(self, net: Reader, x: Tensor, loss_of: Any) -> float:
        """Passes over all explorations, each time by two of their prefixes and the whole; the loss of the last pass."""
        o, device = self.options, self.problem.device
        optimiser = Optimiser([net], o.learning_rate, clip=1.0)
        net.standardise(x[: 64 * o.size])
        net.train()
        for done in range(o.passes):
            losses = []
            for rows in torch.randperm(len(x)).split(o.size):
                cuts = torch.cat([torch.randint(x.shape[1], (2,)), torch.tensor([x.shape[1] - 1])])
                loss = loss_of(net(x[rows[:, None], cuts].to(device)), rows, cuts)
                optimiser.step(loss, done / o.passes)
                losses.append(float(loss.detach()))
        net.eval()
        return float(np.mean(losses))

    @torch.no_grad()
    def predict(self, episodes: Episodes) -> NDArray[np.float32]:
        x = torch.from_numpy(running_statistics(self.problem.environment, episodes)).to(self.problem.device)
        return self.net(x).sigmoid().cpu().numpy()

    @torch.no_grad()
    def whole(self, episodes: Episodes) -> NDArray[np.float32]:
        x = torch.from_numpy(statistics(self.problem.environment, episodes)).to(self.problem.device)
        return self.net(x).sigmoid().cpu().numpy()

    @torch.no_grad()
    def unsettled(self, episodes: Episodes, memory: Running | None = None) -> tuple[NDArray[np.float32], Running]:
        assert self.settling is not None
        x, memory = statistics_after(self.problem.environment, episodes, memory)
        settling = self.settling
        changes = in_chunks(lambda x: settling(x).sigmoid(), torch.from_numpy(x).to(self.problem.device))
        return changes[:, 0].cpu().numpy(), memory

    def follower(self) -> Follower:
        return RunningFollower(self)

    def state(self) -> State:
        settling = {} if self.settling is None else prefixed("settling", self.settling.state_dict())
        return {
            **prefixed("net", self.net.state_dict()),
            **prefixed("optimiser", self.optimiser.state()),
            **settling,
            "updates": np.asarray(self.updates),
        }

    def load(self, state: State) -> None:
        settling = below("settling", state)
        if settling:  # it was fitted
            self.net = self._reader(self.options.fitted, self.bias)
            self.settling = self._reader(self.options.hidden // 2, torch.zeros(1))
            self.settling.load_state_dict(settling)
            self.settles = True
        self.net.load_state_dict(below("net", state))
        self.optimiser.load(below("optimiser", state))
        self.updates = int(state["updates"])


class RunningFollower(Follower):
    """The running classifier as play happens: its memory is the statistics so far and the last observation."""

    def __init__(self, judge: RunningJudge) -> None:
        self.judge, self.environment = judge, judge.problem.environment
        self.reading = Reading.of(self.environment)

    def start(self, batch: int) -> FollowerMemory:
        return start(self.environment, batch), None

    def step(self, seen: Seen, memory: FollowerMemory) -> FollowerMemory:
        running, before = memory
        first = before is None
        advance(self.reading, running, seen.observation if before is None else before, seen, first)
        return running, seen.observation

    @torch.no_grad()
    def belief(self, memory: FollowerMemory, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        x = torch.from_numpy(now(memory[0], rows)).to(self.judge.problem.device)
        return in_chunks(lambda x: self.judge.net(x).sigmoid(), x).cpu().numpy()


class Reader(Standardised):
    """Statistics [..., F] -> logits [..., L], from logits `bias` [L] at the start."""

    def __init__(self, features: int, bias: Tensor, hidden: int, dropout: float) -> None:
        super().__init__(features)
        self.body = nn.Sequential(
            nn.Linear(features, hidden),
            nn.LayerNorm(hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.LayerNorm(hidden),
            nn.ReLU(),
        )
        self.head = nn.Linear(hidden, len(bias))
        nn.init.zeros_(self.head.weight)
        self.head.bias.data = bias.clone()

    def standardise(self, x: Tensor) -> None:
        """Centre and scale inputs as these [..., F] are; kept from then on."""
        self.standardise_by(x.reshape(-1, x.shape[-1]), np.ones(x.shape[-1], bool))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(self.standard(x)))
