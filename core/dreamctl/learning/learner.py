"""What an explorer that learns, and a judge of labels, promise to the rest of dreamctl."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..simulation.episodes import Episodes
from ..simulation.policy import Policy, Seen

if TYPE_CHECKING:
    from ..records import Problem
    from .trials import Trials

State = dict[str, Any]  # name -> torch tensor or numpy array: what a checkpoint holds


def prefixed(name: str, state: Mapping[str, Any]) -> State:
    """The entries of `state` under `name/`."""
    return {f"{name}/{key}": value for key, value in state.items()}


def nested(parts: Mapping[str, Mapping[str, Any]]) -> State:
    """One flat state from several: the entries of each under its name."""
    return {key: value for name, state in parts.items() for key, value in prefixed(name, state).items()}


def below(name: str, state: Mapping[str, Any]) -> State:
    """The entries that `prefixed(name, ...)` put there."""
    return {key.removeprefix(f"{name}/"): value for key, value in state.items() if key.startswith(f"{name}/")}


def states(parts: Mapping[str, Any]) -> State:
    """The states of several parts, each under its name: of networks, and of what else has `state()` and `load()`."""
    return nested({n: part.state_dict() if hasattr(part, "state_dict") else part.state() for n, part in parts.items()})


def load_states(parts: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Give the parts back what `states(parts)` said."""
    for name, part in parts.items():
        (part.load_state_dict if hasattr(part, "state_dict") else part.load)(below(name, state))


class Learner(ABC):
    """An exploration policy that is learned, and for return answers the execution that goes with it.

    `steps` counts the agent steps taken so far, exploration and execution together.
    """

    steps: int = 0

    @abstractmethod
    def iterate(self) -> Mapping[str, float]:
        """Roll out one batch of trials and learn from it; returns measures for the log, keyed `group/name`."""

    def finish(self) -> None:  # noqa: B027  # most have nothing to do
        """The last chance to change the policies: called once when the budget is spent, after the last `iterate()` and
        before anything is measured or saved.
        """

    @abstractmethod
    def explorer(self) -> Policy:
        """The exploration policy at test time, with no knowledge of the task."""

    def condition(self, explorations: Episodes) -> Any:
        """What execution is conditioned on after these explorations: B is the first axis (return answers only)."""
        raise NotImplementedError(f"{type(self).__name__} gives no return answers")

    def executor(self) -> Policy:
        """The execution policy; `start(batch, condition)` takes what `condition` gave (return answers only)."""
        raise NotImplementedError(f"{type(self).__name__} gives no return answers")

    @abstractmethod
    def state(self) -> State:
        """Everything needed to continue bit for bit: weights, optimisers, replay, counters.

        Names are joined by `/`. Those with a part `replay` or `optimiser` are left out of a finished run, and `load`
        does without.
        """

    @abstractmethod
    def load(self, state: State) -> None:
        """Continue from `state()` of a learner built for the same problem."""


class TrialLearner(Learner):
    """A learner that takes the steps of its `trials`, and keeps what it has learned in `parts()`."""

    trials: Trials
    iterations: int = 0

    @abstractmethod
    def parts(self) -> Mapping[str, Any]:
        """What a checkpoint holds of it, by name: networks, and what else has `state()` and `load()`."""

    def state(self) -> State:
        counted = {"iterations": np.asarray(self.iterations), "steps": np.asarray(self.steps)}
        return {**states(self.parts()), **counted}

    def load(self, state: State) -> None:
        load_states(self.parts(), state)
        self.iterations = int(state["iterations"])
        self.steps = self.trials.taken = int(state["steps"])


class Computed(Learner):
    """A learner with nothing to learn: all that it does is computed."""

    problem: Problem

    def iterate(self) -> Mapping[str, float]:
        """The whole budget counts as taken."""
        self.steps = self.problem.steps
        return {}

    def state(self) -> State:
        return {"steps": np.asarray(self.steps)}

    def load(self, state: State) -> None:
        self.steps = int(state["steps"])


class Follower(ABC):
    """A judge of prefixes that follows play as it happens, so that a policy can act on what is believed so far."""

    @abstractmethod
    def start(self, batch: int) -> Any:
        """The memory before the first observation of a trial."""

    @abstractmethod
    def step(self, seen: Seen, memory: Any) -> Any:
        """Take in the present observation: the new memory."""

    @abstractmethod
    def belief(self, memory: Any, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Probabilities [rows, L] after all that was taken in, equal to `predict` at that position, for some rows."""


class Judge(ABC):
    """A classifier of labels. Its columns are the rubric's items, in order (L of them).

    `prefixes`: `predict` gives [B, T+1, L], a probability after every prefix of the exploration (position 0 is before
    the first step); otherwise [B, L], for whole explorations.
    """

    prefixes: bool = False
    settles: bool = False  # it says when going on would change nothing

    @abstractmethod
    def learn(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        """Take in one batch; `targets` float32 [B, L], NaN where unknown. Returns measures for the log."""

    def gather(self, episodes: Episodes, targets: NDArray[np.float32]) -> Mapping[str, float]:
        """The same when it is fitted to be the judge of a run: `finish` follows after the last batch.

        An explorer's decoder is only ever shown batches by `learn`.
        """
        return self.learn(episodes, targets)

    def finish(self) -> Mapping[str, float]:
        """After the last batch that was gathered: what is fitted only once is fitted here."""
        return {}

    @abstractmethod
    def predict(self, episodes: Episodes) -> NDArray[np.float32]:
        """Probability that each item is present."""

    def whole(self, episodes: Episodes) -> NDArray[np.float32]:
        """Probability that each item is present after the whole exploration: [B, L]."""
        predicted = self.predict(episodes)
        if not self.prefixes:
            return predicted
        return predicted[np.arange(len(episodes)), episodes.valid.sum(1) - 1]

    def unsettled(self, episodes: Episodes, memory: Any = None) -> tuple[NDArray[np.float32], Any]:
        """Probability [B] that some verdict would change if exploring went on; asked where it `settles`.

        `episodes` follow those that `memory` is of, which is what it gave with its last answer; also the new memory.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say when its verdicts are settled")

    def follower(self) -> Follower | None:
        """The same judge, step by step; None for one that cannot (an explorer then acts without its belief)."""
        return None

    @abstractmethod
    def state(self) -> State:
        """Everything needed to predict, and for a judge that learns step by step, to continue bit for bit.

        As for learners, names with a part `replay` or `optimiser` are left out of a finished run.
        """

    @abstractmethod
    def load(self, state: State) -> None:
        """Take over `state()` of a judge built for the same problem."""
