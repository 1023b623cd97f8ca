"""A person's game, without a window: which episode it is, what has been won, and what is to be seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import random
from ..learning.trials import draw_instructions
from ..records import Environment, Task
from ..simulation.open import open_simulator
from .film import picture_of


class Session:
    """One trial of one task, played by hand.

    Where the answer is a return, the person plays the exploration episodes and then the execution, each within its
    step limit. Where it is a rubric, there is nothing to execute, and a game goes on until the program ends it.
    `over`: the episode has ended, and `go_on()` begins the next. `finished`: so has the trial.
    """

    def __init__(self, environment: Environment, task: Task, seed: int = 0) -> None:
        self.environment, self.over = environment, False
        self.simulator = open_simulator(environment, 1)
        self.begin(task, seed)

    def begin(self, task: Task, seed: int) -> None:
        """A new trial."""
        self.task, self.seeds = task, random.keys(np.array([seed % 2**64], np.uint64), 0)
        self._begin_episode(0)

    def go_on(self) -> None:
        """The next episode; after the last one, the trial again."""
        self._begin_episode(0 if self.finished else self.episode + 1)

    def step(self, action: int) -> None:
        """One action; nothing happens in an episode that is over."""
        if self.over:
            return
        step = self.simulator.step(np.array([action]))
        self.steps += 1
        self.earned += float(step.reward[0])
        self.failure = self.simulator.failure(0) if step.failure[0] else ""
        ended = step.terminated[0] or step.truncated[0] or step.failure[0] > 0
        self.over = bool(ended) or (self.limit is not None and self.steps >= self.limit)

    @property
    def executing(self) -> bool:
        return self.environment.answer == "return" and self.episode == self.environment.exploration_episodes

    @property
    def finished(self) -> bool:
        """The last episode of the trial is over."""
        return self.over and (self.executing or self.environment.answer == "rubric")

    @property
    def limit(self) -> int | None:
        """Steps that the episode may take."""
        if self.environment.answer == "rubric":
            return None
        return self.environment.execution_steps if self.executing else self.environment.exploration_steps

    @property
    def title(self) -> str:
        """What is being played, how far it is, and what was won where that may be seen."""
        environment = self.environment
        if environment.answer == "rubric":
            return f"step {self.steps}" + (f"   reward {self.earned:g}" if self.earned else "")
        number = f" {self.episode + 1} of {environment.exploration_episodes}" * (environment.exploration_episodes > 1)
        name = "execution" if self.executing else f"exploration{number}"
        won = f"   return {self.earned:g}" if self.executing or environment.reward_seen else ""
        asked = f"   asked for {self.instruction[0].tolist()}" if self.executing and self.instruction[0].size else ""
        return f"{name}   step {self.steps} of {self.limit}{won}{asked}"

    @property
    def message(self) -> str:
        """What an ended episode leaves to say; empty while it goes on."""
        if self.failure:
            return f"The program failed: {self.failure}"
        if not self.over:
            return ""
        if self.environment.answer == "rubric":
            return "The game is over. Space: play again."
        if self.executing:
            return f"The trial is over: return {self.earned:g}. Space: play again."
        return "This exploration is over. Space: go on."

    def picture(self) -> NDArray[np.uint8]:
        """uint8 [H, W, 3] what is to be seen now."""
        return picture_of(self.environment, self.simulator)

    def close(self) -> None:
        self.simulator.close()

    def _begin_episode(self, number: int) -> None:
        self.episode, self.steps, self.earned, self.over, self.failure = number, 0, 0.0, False, ""
        self.instruction = draw_instructions(self.environment, [self.task], self.seeds)  # [1, *I]
        asked = self.instruction if self.executing else None
        self.simulator.reset([self.task.params], random.keys(self.seeds, number), np.zeros(1, np.intp), asked)
