"""Play to Grade: the contrastive HoareLSTM (Nie, Brunskill, Piech 2021).

A HoareLSTM is a model of a program: from the states and actions so far it predicts what the next step brings,

    s^_{t+1} = s_t + f(s_1..t, a_1..t),    r^_{t+1} = g(s_1..t, a_1..t)
    min  |s^_{t+1} - s_{t+1}|_1 + 0.1 |r^_{t+1} - r_{t+1}|

One model learns a correct program, and one more each of K broken ones. Of an exploration, each contrast of the two asks
which of them explains it better, by the mean distance over its steps,

    d_m = mean_t |s^_{t+1} - s_{t+1}|_1 + |r^_{t+1} - r_{t+1}|,    vote_k = d_correct > d_k

and a program is broken if enough of the K votes say so. In that case what is wrong with it is what is wrong with the
broken program whose model is nearest (our extension to several labels).

Where there are many training programs, those with the same set of faults are taken as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from attrs import evolve, frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from .. import random
from ..errors import UsageError
from ..learning.inputs import Inputs, space_size
from ..learning.learner import Judge, State, below, prefixed
from ..learning.optimisation import Optimiser
from ..learning.options import CLASSIFIER, from_problem
from ..learning.trials import sample_tasks
from ..records import Environment, Problem
from ..simulation.episodes import Episodes

REWARD_WEIGHT = 0.1  # of the reward's error in the loss
HELD_OUT = 4  # one exploration in so many is not learned from
SMALLEST_SPREAD, LARGEST = 0.05, 5.0  # of standardised features
LEAST = 1e-3  # probabilities keep away from 0 and 1


@frozen(kw_only=True)
class HoareOptions:
    """Settings of Play to Grade."""

    models: int = 10  # broken programs, or sets of faults, that are modelled: the commonest ones
    explorations: int = 32  # that each model learns from, at most
    updates: int = 1000  # of each model
    batch: int = 4  # episodes in an update
    hidden: int = 128
    learning_rate: float = 1e-3


class PlayToGrade(Judge):
    """Votes of K contrasts between a model of the correct program and models of broken ones."""

    def __init__(self, problem: Problem) -> None:
        assert problem.rubric is not None
        self.problem, self.options = problem, from_problem(HoareOptions, problem, CLASSIFIER)
        self.features = space_size(problem.environment.observation_space)
        self.kinds = _kinds(problem.rubric.targets(sample_tasks(problem)), self.options.models)  # [1 + K, L]
        self.seen: list[list[Played]] = [[] for _ in self.kinds]
        self.centre, self.scale = torch.zeros(self.features), torch.ones(self.features)
        self.needed = 1.0  # votes
        self.models: list[HoareLSTM] = self._new_models()

    def learn(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        """Keep the explorations of the programs that are modelled, as many of each as are wanted."""
        for kind, seen in zip(self.kinds, self.seen, strict=True):
            rows = np.flatnonzero((targets == kind).all(1))[: self.options.explorations - sum(map(len, seen))]
            if len(rows):
                seen.append(self._single(episodes.rows(rows)))
        return {"explorations": float(sum(len(part) for seen in self.seen for part in seen))}

    def finish(self) -> Mapping[str, float]:
        """Fit the models, all but a quarter of the explorations; that quarter says how many votes are needed."""
        if not all(self.seen) or len(self.kinds) < 2:
            raise UsageError("play-to-grade learns from at least one program without any fault and one with some.")
        seen = [_joined(parts) for parts in self.seen]
        held = [max(1, len(part) // HELD_OUT) for part in seen]
        learned = [part.rows(slice(n, None)) if len(part) > n else part for part, n in zip(seen, held, strict=True)]
        state, mask = learned[0].state, learned[0].mask
        known = state[:, :, :-1][mask > 0]
        self.centre, self.scale = known.mean(0), 1 / known.std(0).clamp(min=SMALLEST_SPREAD)
        losses = [self._fit(number, part) for number, part in enumerate(learned)]
        votes = [self._votes(part.rows(slice(n)))[0] for part, n in zip(seen, held, strict=True)]
        self.needed = _needed(votes[0], np.concatenate(votes[1:]), len(self.models) - 1)
        self.seen = [[] for _ in self.kinds]
        return {"loss": float(np.mean(losses)), "votes_needed": self.needed}

    def predict(self, episodes: Episodes) -> NDArray[np.float32]:
        votes, nearest = self._votes(self._single(episodes))
        # 0.5 lies between one vote too few and enough
        some = np.clip(votes / (len(self.models) - 1), LEAST, 1 - LEAST)
        border = (self.needed - 0.5) / (len(self.models) - 1)
        broken = some ** (np.log(0.5) / np.log(border))
        return np.clip(broken[:, None] * self.kinds[1:][nearest], LEAST, 1 - LEAST).astype(np.float32)

    def _fit(self, number: int, played: Played) -> float:
        o, net = self.options, self.models[number]
        optimiser = Optimiser([net], o.learning_rate, clip=1.0)
        rng = np.random.default_rng(random.key(self.problem.seed, number))
        flat = self._standard(played.flat())
        losses = []
        for _ in range(o.updates):
            some = flat.rows(torch.from_numpy(rng.integers(len(flat), size=min(o.batch, len(flat)))))
            state, reward = net.errors(some)
            loss = ((state + REWARD_WEIGHT * reward) * some.mask).sum() / some.mask.sum().clamp(min=1)
            optimiser.step(loss)
            losses.append(float(loss.detach()))
        return float(np.mean(losses[-len(losses) // 4 :]))

    @torch.no_grad()
    def _votes(self, played: Played) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Of each row: how many contrasts call it broken, and which broken program is nearest, from 0 on."""
        flat, rows = self._standard(played.flat()), len(played)
        steps = flat.mask.reshape(rows, -1).sum(1).clamp(min=1)
        distance = []
        for net in self.models:
            state, reward = net.errors(flat)
            distance.append(((state + reward) * flat.mask).reshape(rows, -1).sum(1) / steps)
        correct, *broken = (each.numpy() for each in distance)
        return (correct > np.array(broken)).sum(0).astype(np.float64), np.argmin(broken, 0)

    def _single(self, episodes: Episodes) -> Played:
        return single_episodes(self.problem.environment, episodes)

    def _standard(self, played: Played) -> Played:
        return evolve(played, state=((played.state - self.centre) * self.scale).clamp(-LARGEST, LARGEST))

    def _new_models(self) -> list[HoareLSTM]:
        torch.manual_seed(random.key(self.problem.seed, len(self.kinds)) >> 1)
        actions = len(self.problem.environment.actions)
        return [HoareLSTM(self.features, actions, self.options.hidden) for _ in self.kinds]

    def state(self) -> State:
        models = {f"model{n}": net for n, net in enumerate(self.models)}
        return {
            "kinds": self.kinds,
            "needed": np.asarray(self.needed),
            "centre": self.centre,
            "scale": self.scale,
            **{key: value for name, net in models.items() for key, value in prefixed(name, net.state_dict()).items()},
        }

    def load(self, state: State) -> None:
        self.kinds, self.needed = np.asarray(state["kinds"], np.float32), float(state["needed"])
        self.seen = [[] for _ in self.kinds]
        self.centre, self.scale = (torch.as_tensor(state[name]) for name in ("centre", "scale"))
        self.models = self._new_models()
        for n, net in enumerate(self.models):
            net.load_state_dict({k: torch.as_tensor(v) for k, v in below(f"model{n}", state).items()})


def _kinds(targets: NDArray[np.float32], models: int) -> NDArray[np.float32]:
    """No fault at all, and then the commonest sets of faults: [1 + K, L]."""
    known = targets[~np.isnan(targets).any(1)]
    sets, counts = np.unique(known[known.any(1)], axis=0, return_counts=True)
    commonest = sets[np.argsort(-counts, kind="stable")[:models]]
    return np.concatenate([np.zeros((1, targets.shape[1])), commonest]).astype(np.float32)


def _needed(correct: NDArray[np.float64], broken: NDArray[np.float64], most: int) -> float:
    """The number of votes that tells the correct program's explorations from the broken ones' best."""
    right = [(correct < n).mean() + (broken >= n).mean() for n in range(1, most + 1)]
    return float(np.argmax(right) + 1)


class HoareLSTM(nn.Module):
    """States [b, S+1, F] and actions [b, S] of episodes -> the next states [b, S, F] and rewards [b, S] predicted."""

    def __init__(self, features: int, actions: int, hidden: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(features, hidden), nn.GELU())
        self.embedding = nn.Embedding(actions, 5)
        self.core = nn.LSTM(hidden + 5, hidden, batch_first=True)
        self.change = nn.Linear(hidden, features)
        self.reward = nn.Sequential(nn.Linear(hidden, 64), nn.GELU(), nn.Linear(64, 1))

    def forward(self, state: Tensor, action: Tensor) -> tuple[Tensor, Tensor]:
        before = state[:, :-1]
        h, _ = self.core(torch.cat([self.encoder(before), self.embedding(action)], -1))
        return before + self.change(h), self.reward(h)[..., 0]

    def errors(self, played: Played) -> tuple[Tensor, Tensor]:
        """How far off the next state (mean over its features) and the reward are: each [b, S]."""
        state, reward = self(played.state, played.action)
        return (state - played.state[:, 1:]).abs().mean(2), (reward - played.reward).abs()


@frozen(eq=False)
class Played:
    """Single episodes of B rows, or of all of them in one: their states [B, E, S+1, F] and, of each step [B, E, S], the
    action, the reward and whether it was played.
    """

    state: Tensor
    action: Tensor
    reward: Tensor
    mask: Tensor

    def __len__(self) -> int:
        return len(self.state)

    def rows(self, index: Any) -> Played:
        """Some of them."""
        return Played(self.state[index], self.action[index], self.reward[index], self.mask[index])

    def flat(self) -> Played:
        """The episodes of all rows, one after the other."""
        return Played(*(part.flatten(0, 1) for part in (self.state, self.action, self.reward, self.mask)))


def _joined(parts: list[Played]) -> Played:
    columns = zip(*((part.state, part.action, part.reward, part.mask) for part in parts), strict=True)
    return Played(*(torch.cat(column) for column in columns))


def single_episodes(environment: Environment, episodes: Episodes) -> Played:
    """The episodes of every row apart, each with a state of its own at the start; unplayed steps are masked."""
    features = space_size(environment.observation_space)
    x = Inputs(environment).of_episodes(episodes)[..., :features].numpy()
    number, start = episodes.episode, episodes.starts
    count, steps = int(number.max()) + 1, environment.exploration_steps
    begun = np.zeros((len(episodes), count), np.intp)
    row, at = np.nonzero(start)
    begun[row, number[row, at]] = at
    state = np.zeros((len(episodes), count, steps + 1, features), np.float32)
    row, at = np.nonzero(episodes.valid)
    state[row, number[row, at], at - begun[row, number[row, at]]] = x[row, at]
    out = [np.zeros((len(episodes), count, steps), kind) for kind in (np.int64, np.float32, np.float32)]
    row, at = np.nonzero(episodes.mask)
    place = row, number[row, at], at - begun[row, number[row, at]]
    played: list[NDArray[Any]] = [episodes.action, episodes.reward, episodes.mask]
    for array, values in zip(out, played, strict=True):
        array[place] = values[row, at]
    return Played(*map(torch.from_numpy, (state, *out)))
