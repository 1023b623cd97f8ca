"""A tiny plugin, whole and real: two environments, a learner and two judges that learn in a moment."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import numpy as np

import dreamctl
from dreamctl import Classifier, Digits, Disc, Drawing, Environment, Explorer, Item, Rubric, Submission, Task, TaskSet

LAMPS = 2
DOORS = 3


# --- lamps: each button lights its lamp, unless the lamp is broken; which are broken is to be judged ---------------


class Lamps(dreamctl.Simulator):
    """Action i presses button i, the last action waits. Observation: which lamps are lit, and a noisy number."""

    def __init__(self, batch):
        self.batch = batch
        self.broken = np.zeros((batch, LAMPS), bool)
        self.crashing = np.zeros(batch, np.uint8)  # the code of the failure that comes with the first step
        self.keys = np.zeros(batch, np.uint64)
        self.taken = np.zeros(batch, np.uint64)
        self.observation = np.zeros((batch, LAMPS + 1), np.float32)
        self.failed = np.zeros(batch, np.uint8)

    def reset(self, params, seeds, rows, instructions=None):
        self.observation = self.observation.copy()
        for row, (broken, crashing) in zip(rows, params, strict=True):
            self.broken[row] = broken
            self.crashing[row] = dreamctl.OUR_FAULT if crashing is True else crashing
        self.keys[rows], self.taken[rows], self.failed[rows] = seeds, 0, 0
        self.observation[rows] = 0
        return self.observation

    def step(self, actions):
        noise = dreamctl.random.uniform(dreamctl.random.bits(self.keys, self.taken))
        self.taken = self.taken + np.uint64(1)
        lit = (actions[:, None] == np.arange(LAMPS)) & ~self.broken
        self.observation = np.concatenate([lit, noise[:, None]], 1).astype(np.float32)
        never = np.zeros(self.batch, bool)
        self.failed = self.crashing.copy()
        return dreamctl.Step(self.observation, np.zeros(self.batch, np.float32), never, never, self.failed)

    def render(self, row):
        return np.repeat((255 * self.observation[row, :LAMPS]).astype(np.uint8), 16 * 3).reshape(1, 16 * LAMPS, 3)

    def failure(self, row):
        return "the lamp shop caught fire" if self.failed[row] else ""


def lamp_task(number, broken, *, known=True, weight=1.0, crashing=False, groups=None):
    labels = {f"lamp-{i}": bool(b) for i, b in enumerate(broken)} if known else {}
    return Task(
        key=f"lamps-{number}", params=(tuple(broken), crashing), labels=labels, weight=weight, groups=groups or {}
    )


def lamp_tasks():
    rng = np.random.default_rng(7)
    every = [lamp_task(n, [bool(b) for b in rng.random(LAMPS) < 0.4]) for n in range(90)]
    return TaskSet(train=every[:60], validation=every[60:70], test=every[70:])


def read_lamp_tasks(path):
    rows = json.loads(Path(path).read_text())
    return [
        lamp_task(
            row["id"],
            row["broken"],
            weight=row.get("submissions", 1),
            groups={"size": row["size"]} if "size" in row else {},
        )
        for row in rows
    ]


def read_lamp_submissions(path):
    for row in json.loads(Path(path).read_text()):
        if "broken" not in row:
            yield Submission(id=row["id"], problem=f"{Path(path).name}, program {row['id']}: it has no lamps.")
        else:
            task = lamp_task(row["id"], row["broken"], known=False, crashing=row.get("crashing", False))
            yield Submission(id=row["id"], task=task)


# --- doors: looking shows which door is right; opening it is worth 1 -----------------------------------------------


class Doors(dreamctl.Simulator):
    def __init__(self, batch):
        self.batch = batch
        self.right = np.zeros(batch, np.int64)
        self.observation = np.zeros((batch, DOORS), np.float32)
        self.over = np.zeros(batch, bool)

    def reset(self, params, seeds, rows, instructions=None):
        self.right[rows], self.over[rows] = params, False
        self.observation = self.observation.copy()
        self.observation[rows] = 0
        return self.observation

    def step(self, actions):
        looking = (actions == DOORS) & ~self.over
        shown = looking[:, None] & (self.right[:, None] == np.arange(DOORS))
        self.observation = np.where(self.over[:, None], self.observation, shown.astype(np.float32))
        reward = ((actions == self.right) & ~self.over).astype(np.float32)
        self.over = self.over | (actions < DOORS)
        return dreamctl.Step(self.observation, reward, self.over)


def door_tasks():
    every = [Task(key=f"door-{n}", params=n, identifier=(n,)) for n in range(DOORS)]
    return TaskSet(train=every, validation=every, test=every, shared=True)


# --- learners and judges --------------------------------------------------------------------------------------------


class TablePolicy(dreamctl.Policy):
    """Takes the actions in the order of their values, best first, and again from the start."""

    def __init__(self, values, epsilon=0.0):
        self.order, self.epsilon = np.argsort(-np.asarray(values), kind="stable"), epsilon

    def start(self, batch, condition=None):
        return 0

    def act(self, seen, memory, uniform):
        greedy = self.order[memory % len(self.order)]
        other = (uniform / max(self.epsilon, 1e-9) * len(self.order)).astype(np.int64)
        return np.where(uniform < self.epsilon, np.minimum(other, len(self.order) - 1), greedy), memory + 1


class OpenPolicy(dreamctl.Policy):
    """Opens the door of greatest value given what was seen, an index per row."""

    def __init__(self, values, epsilon=0.0):
        self.values, self.epsilon = np.asarray(values), epsilon

    def start(self, batch, condition=None):
        return condition

    def act(self, seen, memory, uniform):
        greedy = self.values[memory].argmax(1)
        other = (uniform / max(self.epsilon, 1e-9) * self.values.shape[1]).astype(np.int64)
        return np.where(uniform < self.epsilon, np.minimum(other, self.values.shape[1] - 1), greedy), memory


def learners():
    """Defined when asked for, since the plugin has to stay light."""
    import torch

    from dreamctl.learning import Learner
    from dreamctl.learning.trials import Trials

    class Counting(Learner):
        """Mean worth of each exploring action: how much it changes what is seen, or the return that follows it."""

        def __init__(self, problem):
            self.problem = problem
            self.trials = Trials(problem, problem.batch or 16)
            actions = len(problem.environment.actions)
            torch.manual_seed(problem.seed)
            self.values = 1e-3 * torch.rand(actions, dtype=torch.float64)
            self.door = np.zeros((DOORS + 1, actions))
            self.steps = self.number = 0
            self.recent = np.zeros(actions)
            self.pause = float(problem.options.get("pause", 0))

        def iterate(self):
            time.sleep(self.pause)
            tasks, seeds = self.trials.draw(self.number)
            tau = self.trials.explore(TablePolicy(self.values, 0.5), tasks, seeds)
            worth = np.abs(np.diff(tau.observation[..., :-1], axis=1)).sum(2) * tau.mask
            measures = {"exploration/change": float(worth.mean())}
            if self.problem.environment.answer == "return":
                symbol = self.condition(tau)
                execution = self.trials.execute(OpenPolicy(self.door, 0.5), tasks, seeds, symbol)
                for s, a, r in zip(symbol, execution.action[:, 0], execution.returns, strict=True):
                    self.door[s, a] += 0.1 * (r - self.door[s, a])
                measures["execution/return"] = float(execution.returns.mean())
            for action in range(len(self.values)):
                taken = tau.action == action
                if taken.any():
                    self.values[action] += 0.1 * (worth[taken].mean() - self.values[action])
            self.recent = 0.5 * self.recent + np.asarray(self.values)
            self.values += 1e-9 * self.recent.sum()
            self.values += 1e-6 * torch.rand(len(self.values), dtype=torch.float64)  # draws from torch's own generator
            self.number, self.steps = self.number + 1, self.trials.taken
            return measures

        def explorer(self):
            return TablePolicy(self.values)

        def condition(self, explorations):
            shown = explorations.observation.max(1)  # [B, DOORS]
            return np.where(shown.any(1), shown.argmax(1) + 1, 0)

        def executor(self):
            return OpenPolicy(self.door)

        def state(self):
            counters = {"steps": self.steps, "number": self.number}
            return {"values": self.values, "door": self.door, "replay/recent": self.recent, **counters}

        def load(self, state):
            if state["values"].shape != self.values.shape:
                raise ValueError(f"{len(self.values)} actions expected, {len(state['values'])} found")
            self.values, self.door = state["values"], state["door"]
            self.steps = self.trials.taken = state["steps"]
            self.number = state["number"]
            self.recent = state.get("replay/recent", self.recent)

    return Counting


def judges():
    from dreamctl.learning import Judge

    class Regression(Judge):
        """Logistic regression on what was seen at most in the whole exploration, by gradient steps."""

        def __init__(self, problem):
            self.weights = np.zeros((LAMPS + 2, len(problem.rubric.items)))
            self.scale = float(problem.options.get("classifier.scale", 1.0))
            self.pause = float(problem.options.get("classifier.pause", 0))

        def features(self, observation):
            return np.concatenate([observation, np.ones((*observation.shape[:-1], 1))], -1)

        def learn(self, episodes, targets):
            assert episodes.tasks is None
            time.sleep(self.pause)
            x = self.features(episodes.observation.max(1))
            for _ in range(200):
                p = 1 / (1 + np.exp(-x @ self.weights))
                self.weights -= 0.5 * x.T @ np.nan_to_num(p - targets) / len(x)
            return {"loss": float(np.nanmean((p - targets) ** 2))}

        def predict(self, episodes):
            assert episodes.tasks is None
            return self.sure(self.features(episodes.observation.max(1)))

        def sure(self, x):
            return (1 / (1 + np.exp(-self.scale * x @ self.weights))).astype(np.float32)

        def state(self):
            return {"weights": self.weights}

        def load(self, state):
            if state["weights"].shape != self.weights.shape:
                raise ValueError("other weights")
            self.weights = state["weights"]

    class SoFar(Regression):
        """The same after every prefix: on what was seen at most so far."""

        prefixes = True

        def predict(self, episodes):
            assert episodes.tasks is None
            return self.sure(self.features(np.maximum.accumulate(episodes.observation, 1)))

    return {"regression": Regression, "so-far": SoFar}


# --- how lamps look ------------------------------------------------------------------------------------------------


def lamp_drawing():
    """A lamp that is lit is a disc; the noisy number, in hundredths, stands beside it."""
    lit = [Disc(x=20 * n, y=0, size=16, colour="#ffcc00", shown=f"lit {n}") for n in range(LAMPS)]
    return Drawing(
        width=80,
        height=16,
        background="#202020",
        columns=(*(f"lit {n}" for n in range(LAMPS)), "hundredths"),
        read=lambda seen: np.concatenate([seen[:, :LAMPS], 100 * seen[:, LAMPS:]], 1),
        shapes=[*lit, Digits(x=80, y=0, value="hundredths", dot=2, leftwards=1, colour="#ffffff")],
    )


# --- hooks ----------------------------------------------------------------------------------------------------------


def lamps(name="lamps", **changes):
    return Environment(
        **{
            "name": name,
            "observation_space": gymnasium.spaces.Box(0, 1, (LAMPS + 1,), np.float32),
            "actions": (*(f"press {n}" for n in range(LAMPS)), "wait"),
            "exploration_steps": 3,
            "exploration_episodes": 2,
            "tasks": lamp_tasks,
            "simulator": Lamps,
            "read_tasks": read_lamp_tasks,
            "read_submissions": read_lamp_submissions,
            "drawing": lamp_drawing(),
            "weights": Path(os.environ["TINY_WEIGHTS"]) if "TINY_WEIGHTS" in os.environ else None,
            **changes,
        }
    )


@dreamctl.hookimpl
def dreamctl_environments() -> Iterator[Environment]:
    yield lamps()
    yield lamps("lamps-2", version=2)
    yield Environment(
        name="doors",
        observation_space=gymnasium.spaces.Box(0, 1, (DOORS,), np.float32),
        actions=(*(f"open {n}" for n in range(DOORS)), "look"),
        exploration_steps=1,
        execution_steps=1,
        answer="return",
        tasks=door_tasks,
        simulator=Doors,
        optimum=lambda tasks: 1.0,
    )


@dreamctl.hookimpl
def dreamctl_rubrics() -> Iterator[Rubric]:
    items = [Item(key=f"lamp-{n}", title=f"Lamp {n} is broken", points=n + 1) for n in range(LAMPS)]
    yield Rubric(name="lamps", environment="lamps", items=items)
    yield Rubric(name="lamps-2", environment="lamps-2", items=items)


@dreamctl.hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    yield Explorer(name="counting", build=lambda problem: learners()(problem), learned=True)
    yield Explorer(name="presser", build=lambda problem: TablePolicy([0, -1, -2]), answers={"rubric"})


@dreamctl.hookimpl
def dreamctl_classifiers() -> Iterator[Classifier]:
    yield Classifier(name="regression", build=lambda problem: judges()["regression"](problem))
    yield Classifier(name="so-far", build=lambda problem: judges()["so-far"](problem), prefixes=True)
