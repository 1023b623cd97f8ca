"""PPO over skills: a policy that decides what to try next, on what is seen and what is believed so far.

An environment may offer skills (`Environment.skills`): each says which action it takes in what is seen, and all say
when it is time to think again. A skill is held until then, or for `hold` steps, so a trial is a few dozen decisions
and not hundreds of actions, and what a decision brought about is soon known (options: Sutton, Precup, Singh 1999).
Without skills every action is one, held for a step. Episodes hold the actions that were taken, as ever.

Schulman et al. 2017, over decisions: maximise E[min(ratio A, clip(ratio, 1 - e, 1 + e) A)], A = G^lambda - V. Where
the environment says how long each step took, a return is discounted by time and not by decisions, as options are
(Sutton, Precup, Singh 1999), so that what is found soon counts more, in however many steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from attrs import define, field, frozen
from numpy.typing import NDArray
from torch import Tensor

from ..simulation.episodes import Episodes
from ..simulation.policy import Policy, Seen, chosen
from .acting import NetworkLearner
from .gain import SMALLEST
from .inputs import Inputs
from .learner import Follower
from .networks import Feedforward, Recurrent, in_chunks
from .optimisation import Optimiser
from .returns import trial_returns


@frozen(kw_only=True)
class SkilledOptions:
    """Settings of the learner."""

    hidden: int = 128
    hold: int = 10  # steps that a skill is held at most
    learning_rate: float = 1e-3
    discount: float = 0.99  # a decision; a unit of time where steps take times of their own
    lambda_: float = 0.95
    epochs: int = 4
    minibatches: int = 4
    clip: float = 1.0
    ratio_clip: float = 0.2
    entropy: float = 0.01
    value: float = 0.5


class SkilledLearner(NetworkLearner):
    """Learns pi(skill | what is seen and believed) and V of the same.

    With a `follower` the belief stands for the past, so the network has no memory of its own; without one it has.
    """

    def __init__(
        self, inputs: Inputs, options: SkilledOptions, *, follower: Follower | None, items: int, device: str = "cpu"
    ) -> None:
        self.inputs, self.options, self.follower, self.device = inputs, options, follower, device
        self.skills = len(inputs.environment.skill_names) or inputs.actions
        extra = (items if follower else 0) + 1  # the belief, and the clock
        self.measured = np.concatenate([inputs.measured, np.ones(extra, bool)])
        network = Feedforward if follower else Recurrent
        size = inputs.size + extra
        self.net = network(size, self.skills + 1, hidden=options.hidden, zero_head=True).to(device)
        self.optimiser = Optimiser([self.net], options.learning_rate, options.clip)

    def policy(self, journal: Journal | None = None) -> SkilledPolicy:
        """The present policy; it writes what it decides into the `journal`."""
        return SkilledPolicy(self, journal)

    def learn(
        self, episodes: Episodes, reward: NDArray[np.float32], journal: Journal, progress: float = 0.0
    ) -> Mapping[str, float]:
        """`epochs` passes over the decisions of fresh trials, with the reward [B, T] of their steps.

        G_t = r_t + discount G_t+1, or d_t (r_t + G_t+1) with d_t = discount^time where steps take times of their own.
        """
        o = self.options
        at = journal.decided[:, :-1] & episodes.mask  # [B, T] where a decision was made
        discount: float | NDArray[np.float32] = o.discount
        if self.inputs.environment.duration is not None:
            discount = np.float32(o.discount) ** self.inputs.durations(episodes)
            reward = discount * reward  # which is known once the step is over
        target = trial_returns(reward, journal.value, at, episodes.valid, discount=discount, lambda_=o.lambda_)
        advantage = target - journal.value[:, :-1]
        advantage = (advantage - advantage[at].mean()) / (advantage[at].std() + 1e-8)
        x = torch.from_numpy(journal.x[:, :-1]).to(self.device)
        decided = torch.from_numpy(at).to(self.device)
        if not self.optimiser.steps:
            self.net.standardise_by(x[decided], self.measured)
        written = (journal.skill[:, :-1], journal.log_pi[:, :-1], advantage, target)
        columns = tuple(torch.from_numpy(a).to(self.device)[decided] for a in written)
        if isinstance(self.net, Feedforward):
            x, decided = x[decided], torch.arange(int(at.sum()))
        losses = []
        for _ in range(o.epochs):
            for rows in self._minibatches(at):
                loss = self._loss(x, decided, columns, rows)
                self.optimiser.step(loss, progress)
                losses.append(float(loss.detach()))
        return {"loss": float(np.mean(losses)), "decisions": float(at.sum() / len(at))}

    def _minibatches(self, at: NDArray[np.bool_]) -> list[Tensor]:
        """Decisions, dealt out anew: parts of a permutation of their numbers."""
        return list(torch.randperm(int(at.sum())).chunk(self.options.minibatches))

    def _loss(self, x: Tensor, decided: Tensor, columns: tuple[Tensor, ...], rows: Tensor) -> Tensor:
        o = self.options
        skill, before, advantage, target = (column[rows] for column in columns)
        out = self.net(x[rows]) if isinstance(self.net, Feedforward) else self.net(x)[decided][rows]
        log_pi = out[:, :-1].log_softmax(1)
        ratio = (log_pi.gather(1, skill[:, None])[:, 0] - before).exp()
        gained = torch.minimum(ratio * advantage, ratio.clamp(1 - o.ratio_clip, 1 + o.ratio_clip) * advantage)
        entropy = -(log_pi.exp() * log_pi).sum(1)
        return (o.value * (out[:, -1] - target) ** 2 - gained - o.entropy * entropy).mean()


@define(eq=False)
class Memory:
    """Of the network, the follower and the skill that is held."""

    net: Any
    followed: Any
    skill: NDArray[np.int64]  # [B]
    held: NDArray[np.int64]  # [B] steps so far


class SkilledPolicy(Policy):
    """Draws a skill from pi by inverting its cumulative distribution at the row's uniform number, and holds it."""

    def __init__(self, learner: SkilledLearner, journal: Journal | None = None) -> None:
        self.learner, self.inputs, self.journal = learner, learner.inputs, journal

    def start(self, batch: int, condition: Any = None) -> Memory:
        follower = self.learner.follower
        none = np.zeros(batch, np.int64)
        return Memory(self.learner.net.start(batch), follower and follower.start(batch), none, none)

    @torch.no_grad()
    def act(self, seen: Seen, memory: Memory, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Memory]:
        follower, net = self.learner.follower, self.learner.net
        actions, anew = self._offered(seen)
        decided = anew | seen.new_episode | (memory.held >= self.learner.options.hold)
        rows = np.flatnonzero(decided)
        remembered, followed, belief = memory.net, memory.followed, None
        if follower is None:  # the network remembers, so it sees every position
            x = self._features(seen, None)
            out, remembered = net.step(x, remembered)
            log_pi, passed, value = (part[rows] for part in _answers(out))
        else:
            followed = follower.step(seen, followed)
            belief = follower.belief(followed, rows)
            x = self._features(chosen(seen, rows), belief)
            log_pi, passed, value = in_chunks(lambda x: _answers(net(x)), x)
        skill = memory.skill.copy()
        skill[rows] = np.minimum((passed.double().cpu().numpy() <= uniform[rows, None]).sum(1), self.learner.skills - 1)
        if self.journal is not None:
            of_skill = log_pi.cpu().numpy()[np.arange(len(rows)), skill[rows]]
            self.journal.write(decided, skill, followed, x.cpu().numpy(), belief, of_skill, value.cpu().numpy())
        held = np.where(decided, 1, memory.held + 1)
        return actions[np.arange(len(skill)), skill], Memory(remembered, followed, skill, held)

    def _features(self, seen: Seen, belief: NDArray[np.float32] | None) -> Tensor:
        """What the network reads [B, F]: what is seen, the belief [B, L], and the clock."""
        clock = torch.from_numpy(seen.taken[:, None] / np.float32(self.inputs.environment.exploration_steps))
        x = torch.cat([with_belief(self.inputs.of_seen(seen), belief), clock.float()], 1)
        return x.to(self.learner.net.head.weight.device)

    def _offered(self, seen: Seen) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Each skill's action [B, K], and whether it is time to think again [B]."""
        offer = self.inputs.environment.skills
        if offer is not None:
            return offer(seen.observation)
        batch = len(seen.action)
        return np.broadcast_to(np.arange(self.inputs.actions), (batch, self.inputs.actions)), np.ones(batch, bool)


def _answers(out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """From what the network gives [B, K + 1]: log pi [B, K], its cumulative distribution [B, K], and V [B]."""
    log_pi = out[:, :-1].log_softmax(1)
    return log_pi, log_pi.exp().cumsum(1), out[:, -1]


def with_belief(x: Tensor, belief: NDArray[np.float32] | None) -> Tensor:
    """Features [..., F] with the log-odds of the belief [..., L] appended."""
    if belief is None:
        return x
    p = np.clip(belief, SMALLEST, 1 - SMALLEST)
    return torch.cat([x, torch.from_numpy(np.log(p / (1 - p)))], -1)


@define(eq=False)
class Journal:
    """What a policy decided in a rollout, and what it saw and believed then, for whoever learns from it.

    Once closed: `decided` and `skill` [B, T+1]; where something was decided what the network read, `x` [B, T+1, F],
    `log_pi` of the skill and `value` [B, T+1]; the `belief` [B, T+1, L] there and at the end, elsewhere the next such.
    """

    positions: list[tuple[Any, ...]] = field(factory=list)
    followed: Any = None
    columns: dict[str, NDArray[Any]] = field(factory=dict)

    def write(self, decided: NDArray[np.bool_], skill: NDArray[np.int64], followed: Any, *of_decided: Any) -> None:
        """The next position: `decided` and `skill` [B], the follower's memory; of the rows that decided the rest."""
        self.positions.append((decided, skill, *of_decided))
        self.followed = followed

    def close(self, length: int, follower: Follower | None = None) -> None:
        """Lay them out as [B, length, ...]; what lies behind the end repeats the last skill, and decides nothing."""
        decided, skill, x, *of_decided = zip(*self.positions, strict=True)
        self.positions.clear()
        batch, more = len(decided[0]), length - len(decided)
        self.columns["decided"] = np.stack([*decided, *[np.zeros(batch, bool)] * more], 1)
        self.columns["skill"] = np.stack([*skill, *[skill[-1]] * more], 1)
        for name, column in zip(("belief", "log_pi", "value"), of_decided, strict=True):
            if column[0] is not None:
                self.columns[name] = self._laid_out(np.concatenate(column))
        if follower is None:  # a network that remembers reads every position
            self.columns["x"] = np.stack([*x, *[x[-1]] * more], 1)
        else:
            self.columns["x"] = self._laid_out(np.concatenate(x))
            self.columns["belief"] = self._held(follower.belief(self.followed, np.arange(batch)))

    def _laid_out(self, of_decided: NDArray[Any]) -> NDArray[Any]:
        """What was written at each decision [N, ...], position by position, in its place: [B, length, ...]."""
        decided = self.columns["decided"].T
        out = np.zeros((*decided.shape, *of_decided.shape[1:]), of_decided.dtype)
        out[decided] = of_decided
        return np.swapaxes(out, 0, 1)

    def _held(self, last: NDArray[np.float32]) -> NDArray[np.float32]:
        """The belief [B, length, L] of the next decision at each position, the `last` [B, L] where none follows.

        So what a decision told, all until the next one, is told by its own step.
        """
        decided, belief = self.columns["decided"], self.columns["belief"]
        length = decided.shape[1]
        following = np.where(decided, np.arange(length), length)
        following = np.minimum.accumulate(following[:, ::-1], 1)[:, ::-1]
        return np.concatenate([belief, last[:, None]], 1)[np.arange(len(last))[:, None], following]

    def __getattr__(self, name: str) -> NDArray[Any]:
        return self.columns[name]
