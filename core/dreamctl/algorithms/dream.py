"""DREAM: decoupled exploration and exploitation (Liu, Raghunathan, Liang, Finn 2021).

Execution learns what of a task matters, by a bottlenecked embedding z of the task's identity mu:

    max  E[ return of pi_exec(. | z) ] - lambda I(z; mu),   z ~ F(z | mu) = N(f(mu), rho^2 I)
    I(z; mu) <= E[ ||f(mu)||^2 ] / (2 rho^2)                                     (prior N(0, rho^2 I))

Exploration learns to recover that and nothing else: a decoder q(z | tau_:t) = N(g(tau_:t), rho^2 I) is fitted to every
prefix of the explorations, and the explorer earns the information it gains about z at each step,

    r_t = log q(z | tau_:t+1) - log q(z | tau_:t) - c.

At test time no identity is known: explore greedily, then execute with z = g(tau).

`--set bottleneck=variational` (the default) is that; `noise` leaves out the term with lambda, and `none` the noise too,
so that z = f(mu) may hold everything there is to know about the task, of use or not.

Its form for rubric answers is in `dream_grader.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import torch
from attrs import Factory, evolve, field, frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from .. import random
from ..learning.best import Best
from ..learning.decoder import Decoder, DecoderOptions
from ..learning.embedding import TaskEncoder, identifier_sizes, identifiers
from ..learning.gain import embedding_log_likelihood, information_gain
from ..learning.inputs import Inputs
from ..learning.learner import Learner, TrialLearner
from ..learning.networks import Feedforward, Modulated, Network, Recurrent
from ..learning.options import from_problem
from ..learning.q_learning import QLearner, QOptions
from ..learning.trials import NOISE, Trials
from ..records import Problem
from ..simulation.episodes import Episodes
from ..simulation.policy import Policy

EXPLORERS: Mapping[str, Network] = {"recurrent": Recurrent, "feedforward": Feedforward}
EXECUTORS: Mapping[str, Network] = {"recurrent": Recurrent, "feedforward": Modulated}
GREEDY = 0.01  # rows with a smaller epsilon are near enough to greedy to be measured


def dream(problem: Problem) -> Learner:
    """DREAM for a return answer, DreamGrader for a rubric answer."""
    from .dream_grader import DreamGrader

    return Dream(problem) if problem.environment.answer == "return" else DreamGrader(problem)


@frozen(kw_only=True)
class DecoupledOptions:
    """Settings of whatever explores and executes apart."""

    batch: int = 512
    hidden: int = 32
    cost: float = 0.01  # c, in nats a step
    warmup: float = 0.1  # share of the budget in which exploration is random and only the rest learns
    learning_rate: float = 3e-3
    discount: float = 0.99
    explorer: Literal["recurrent", "feedforward"] = "recurrent"  # the second has twice the units, and no memory
    executor: Literal["recurrent", "feedforward"] = "recurrent"  # the same; z scales and shifts its units
    execution_discount: float = field(default=Factory(lambda self: self.discount, takes_self=True))
    execution_lambda: float = 0.9  # less where optimism helps to find the first reward
    epochs: int = 1  # passes of explorer and executor over each batch
    minibatches: int = 4
    noisy: float = 0.25  # share of rows that stay noisy for ever
    noise: float = 0.6  # share of their actions that are random
    sticky: float = 0.0  # share of the random actions that are the last action again, which leads farther
    departing: bool = False  # each of them is greedy up to a step of its own, and noisy from there on
    cut: bool = False  # no return reaches back over an action that was not the greedy one
    best: bool = False  # a run ends with the weights with which near-greedy rows earned most in training on z = g(tau)
    decoder_rate: float = field(default=Factory(lambda self: self.learning_rate, takes_self=True))
    decoder_minibatches: int = 2
    replayed: float = 0.5  # explorations that the decoder replays for each fresh one
    whole: float = 0.0  # what the decoder's loss of whole explorations counts beside the mean over all prefixes
    megabytes: float = 32  # bound of the decoder's replay


@frozen(kw_only=True)
class DreamOptions(DecoupledOptions):
    """Settings of DREAM for control."""

    z: int = 16  # dimension of the task embedding
    rho: float = 0.1  # standard deviation of the bottleneck's noise, and of q
    bottleneck: Literal["variational", "noise", "none"] = "variational"
    pressure: float = 0.001  # lambda, in squared return per nat, as it is weighed against the error of Q
    pressure_from: float = 0.0  # share of the budget after which it begins to grow; half a budget later it is whole
    spread: float = 0.25  # standard deviation of the embeddings at the start, in each dimension


class Dream(TrialLearner):
    """DREAM for control: explorer, encoder F, decoder g and executor, trained together."""

    Options: type[Any] = DreamOptions

    def __init__(self, problem: Problem) -> None:
        self.problem, self.options = problem, from_problem(self.Options, problem)
        o = self.options
        torch.manual_seed(random.key(problem.seed, 0) >> 1)
        inputs = Inputs(problem.environment)
        self.trials = Trials(problem, problem.batch or o.batch)
        self.f = self.encoder().to(problem.device)
        self.g = Decoder(inputs, self.size, decoder_options(o), seed=problem.seed, device=problem.device)
        self.exploration = QLearner(inputs, explorer_options(o), network=EXPLORERS[o.explorer], device=problem.device)
        self.execution = QLearner(
            inputs,
            executor_options(o),
            condition=self.size,
            trained_too=self.f,
            network=EXECUTORS[o.executor],
            device=problem.device,
        )
        nets = {"f": self.f, "g": self.g.net, "exploration": self.exploration.net, "execution": self.execution.net}
        self.best = Best(nn.ModuleDict(nets)) if o.best else None

    def encoder(self) -> nn.Module:
        """f(mu), for identifiers [B, K]."""
        return TaskEncoder(identifier_sizes(self.problem), self.size, self.options.spread)

    @property
    def size(self) -> int:
        """Z, the size of what execution is conditioned on."""
        return self.options.z

    def iterate(self) -> Mapping[str, float]:
        o, n = self.options, self.iterations
        progress = self.steps / self.problem.steps
        tasks, seeds = self.trials.draw(n)
        mu = identifiers(tasks).to(self.problem.device)

        # explore: everybody at random during the warm-up, then on the ladder
        batch, ladder = self.trials.batch, self.exploration.ladder(self.trials.batch)
        warming_up = progress < o.warmup
        policy = self.exploration.policy(1.0) if warming_up else self.exploration.exploring(batch)
        tau = self.trials.explore(policy, tasks, seeds)
        with torch.no_grad():
            z = self.f(mu)
        g = self.g.outputs(tau)  # [B, T+1, Z] before any update, so that reward and behaviour belong together
        log_q = self.log_likelihood(mu, z, g)

        # execute: half of the rows on z = f(mu) + noise, half on what exploration told
        rng = np.random.default_rng(random.key(self.problem.seed, NOISE, n))
        noise = self.noise(rng, z)
        told = self.told(torch.from_numpy(last_prefix(g, tau)).to(z.device))
        knowing = (rng.permutation(batch) % 2 == 0) | warming_up  # [B] nothing was told yet while warming up
        informed = torch.from_numpy(knowing).to(z.device)[:, None]
        condition = torch.where(informed, z + noise, told)
        execution = self.trials.execute(self.execution.exploring(batch), tasks, seeds, condition)

        def conditions(rows: Tensor) -> Tensor:
            return torch.where(informed[rows], self.f(mu[rows]) + noise[rows], told[rows])

        def bottleneck(rows: Tensor) -> Tensor:
            return self.squeezed(self.f(mu[rows]), progress)

        executed = self.execution.learn(
            execution,
            execution.reward,
            condition=conditions,
            auxiliary=bottleneck,
            progress=progress,
        )
        decoded = self.g.learn(tau, mu.cpu().numpy(), self._distance, progress)
        explored: Mapping[str, float] = {}
        if not warming_up:
            reward, rows = self.reward(log_q, tau, execution), self.rewarded(knowing)
            explored = self.exploration.learn(tau.rows(rows), reward[rows], progress=progress)

        self.iterations += 1
        self.steps = self.trials.taken
        greedy = ladder < GREEDY
        earned = mean_of(execution.returns, greedy & ~knowing)
        if self.best is not None:
            self.best.offer(earned)
        exploring = greedy | warming_up
        return {
            "execution/return": earned,
            "execution/return_informed": mean_of(execution.returns, greedy & knowing),
            "execution/loss": executed["loss"],
            "exploration/gain": mean_of(information_gain(log_q, tau).sum(1), exploring),
            "exploration/steps": mean_of(tau.mask.sum(1), exploring),
            "exploration/loss": explored.get("loss", float("nan")),
            "decoder/distance": decoded,
            **self.measured(z),
        }

    def finish(self) -> None:
        if self.best is not None:
            self.best.restore()

    def noise(self, rng: np.random.Generator, z: Tensor) -> Tensor:
        """What is added to z = f(mu) [B, Z] when it is executed on."""
        scale = 0.0 if self.options.bottleneck == "none" else self.options.rho
        return torch.from_numpy(rng.normal(0, scale, z.shape).astype(np.float32)).to(z.device)

    def squeezed(self, z: Tensor, progress: float) -> Tensor:
        """What information in z = f(mu) [b, Z] costs; more and more, since what is squeezed out early stays out."""
        if self.options.bottleneck != "variational":
            return z.new_zeros(())
        grown = min(1.0, 2 * max(0.0, progress - self.options.pressure_from))
        return self.options.pressure * grown * bottleneck_nats(z, self.options.rho).mean()

    def measured(self, z: Tensor) -> dict[str, float]:
        """Measures of the embeddings [B, Z]."""
        return {"bottleneck/nats": float(bottleneck_nats(z, self.options.rho).mean())}

    def log_likelihood(self, mu: Tensor, z: Tensor, g: NDArray[np.float32]) -> NDArray[np.float32]:
        """log q of the truth after every prefix [B, T+1], from the decoder's outputs g [B, T+1, Z]."""  # noqa: D403
        return embedding_log_likelihood(z.cpu().numpy(), g, self.options.rho)

    def told(self, g: Tensor) -> Tensor:
        """What is executed on at test time [B, Z], from the decoder's last outputs: g(tau) itself, taken for z."""
        return g

    def reward(self, log_q: NDArray[np.float32], tau: Episodes, execution: Episodes) -> NDArray[np.float32]:
        """The explorer's reward [B, T]: information gain about z, in units of what there is to know."""
        unknown = float(-log_q[:, 0].mean())
        return information_gain(log_q, tau, self.options.cost) / np.float32(max(unknown, 1.0))

    def rewarded(self, knowing: NDArray[np.bool_]) -> NDArray[np.intp]:
        """The rows whose exploration is learned from, given which rows [B] executed on f(mu): all."""
        return np.arange(len(knowing))

    def _distance(self, g: Tensor, mu: NDArray[np.int64]) -> Tensor:
        """||stopgrad f(mu) - g(prefix)||^2 [b, T+1]: without the stop, f would shrink to please g."""
        with torch.no_grad():
            z = self.f(torch.from_numpy(mu).to(g.device))
        return ((g - z[:, None]) ** 2).sum(2)

    def explorer(self) -> Policy:
        return self.exploration.policy()

    def condition(self, explorations: Episodes) -> Tensor:
        """What the whole exploration told [B, Z]."""
        g = last_prefix(self.g.outputs(explorations), explorations)
        return self.told(torch.from_numpy(g).to(self.problem.device))

    def executor(self) -> Policy:
        return self.execution.policy()

    def parts(self) -> Mapping[str, Any]:
        learned = {"f": self.f, "g": self.g, "exploration": self.exploration, "execution": self.execution}
        return learned if self.best is None else {**learned, "best": self.best}


def decoder_options(options: DecoupledOptions) -> DecoderOptions:
    """What the decoder learns with."""
    return DecoderOptions(
        hidden=options.hidden,
        learning_rate=options.decoder_rate,
        minibatches=options.decoder_minibatches,
        replayed=options.replayed,
        whole=options.whole,
        megabytes=options.megabytes,
    )


def explorer_options(options: DecoupledOptions) -> QOptions:
    """What the explorer learns with."""
    return QOptions(
        hidden=options.hidden * (2 if options.explorer == "feedforward" else 1),
        learning_rate=options.learning_rate,
        discount=options.discount,
        epochs=options.epochs,
        minibatches=options.minibatches,
        noisy=options.noisy,
        noise=options.noise,
        sticky=options.sticky,
        departing=options.departing,
        cut=options.cut,
    )


def executor_options(options: DecoupledOptions) -> QOptions:
    """What the executor learns with: as the explorer does, but for its network and its returns."""
    return evolve(
        explorer_options(options),
        hidden=options.hidden * (2 if options.executor == "feedforward" else 1),
        discount=options.execution_discount,
        lambda_=options.execution_lambda,
    )


def bottleneck_nats(mean: Tensor, rho: float) -> Tensor:
    """KL(N(mean, rho^2 I) || N(0, rho^2 I)) of each row's mean f(mu) [B, Z]: [B]; on average at least I(z; mu)."""
    return (mean**2).sum(1) / (2 * rho**2)


def last_prefix(outputs: NDArray[np.float32], episodes: Episodes) -> NDArray[np.float32]:
    """Outputs [B, T+1, Z] after each row's last observation: [B, Z]."""
    return outputs[np.arange(len(outputs)), episodes.valid.sum(1) - 1]


def mean_of(values: NDArray[Any], rows: NDArray[np.bool_]) -> float:
    """The mean over some rows, NaN over none."""
    return float(values[rows].mean()) if rows.any() else float("nan")
