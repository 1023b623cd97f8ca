"""What `dreamctl.learning` offers to plugins, and that it is enough to build an explorer of one's own."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import dreamctl
from dreamctl import learning

# Nothing but dreamctl and dreamctl.learning: the explorer is rewarded for telling tasks apart by their identity, and
# executes on what it then believes to be the task (the one-hot variant that the DREAM paper argues against).
CURIOUS = """
    import numpy as np
    import torch
    from torch.nn import functional

    import dreamctl
    from dreamctl import Environment, Explorer, RandomPolicy
    from dreamctl.learning import (
        Decoder, DecoderOptions, Inputs, Learner, QLearner, QOptions, Trials,
        below, from_problem, identity_log_likelihood, information_gain, prefixed,
    )
    from dreamctl.testing import bandit
    from attrs import frozen


    @frozen(kw_only=True)
    class Options:
        hidden: int = 16
        warmup: int = 10


    class Curious(Learner):
        def __init__(self, problem):
            self.problem, self.options = problem, from_problem(Options, problem)
            inputs = Inputs(problem.environment)
            self.tasks = len(problem.tasks.train)
            torch.manual_seed(problem.seed)
            self.trials = Trials(problem, problem.batch or 64)
            options = QOptions(hidden=self.options.hidden, learning_rate=1e-2)
            self.q = Decoder(inputs, self.tasks, DecoderOptions(hidden=self.options.hidden, learning_rate=1e-2))
            self.exploration = QLearner(inputs, options)
            self.execution = QLearner(inputs, options, condition=self.tasks)
            self.number = 0

        def iterate(self):
            tasks, seeds = self.trials.draw(self.number)
            mu = np.array([task.identifier[0] for task in tasks])
            ladder = self.exploration.ladder(len(tasks))
            warming_up = self.number < self.options.warmup
            policy = RandomPolicy(self.q.inputs.actions) if warming_up else self.exploration.policy(ladder)
            tau = self.trials.explore(policy, tasks, seeds)
            gain = information_gain(identity_log_likelihood(self.q.outputs(tau), mu), tau)
            belief = self.condition(tau)
            execution = self.trials.execute(self.execution.policy(ladder), tasks, seeds, belief)
            self.q.learn(tau, mu, self.surprise)
            self.exploration.learn(tau, gain)
            self.execution.learn(execution, execution.reward, condition=lambda rows: belief[rows])
            self.number, self.steps = self.number + 1, self.trials.taken
            return {"exploration/gain": float(gain.sum(1).mean())}

        @staticmethod
        def surprise(logits, mu):
            y = torch.from_numpy(mu)[:, None].expand(logits.shape[:2])
            return functional.cross_entropy(logits.movedim(2, 1), y, reduction="none")

        def explorer(self):
            return self.exploration.policy()

        def condition(self, explorations):
            last = explorations.valid.sum(1) - 1
            return torch.from_numpy(self.q.outputs(explorations)[np.arange(len(last)), last]).softmax(1)

        def executor(self):
            return self.execution.policy()

        def state(self):
            parts = {"q": self.q, "exploration": self.exploration, "execution": self.execution}
            counters = {"number": np.asarray(self.number), "steps": np.asarray(self.steps)}
            return counters | {k: v for name, part in parts.items() for k, v in prefixed(name, part.state()).items()}

        def load(self, state):
            for name in ("q", "exploration", "execution"):
                getattr(self, name).load(below(name, state))
            self.number, self.steps = int(state["number"]), int(state["steps"])
            self.trials.taken = self.steps


    @dreamctl.hookimpl
    def dreamctl_environments():
        yield bandit(2)


    @dreamctl.hookimpl
    def dreamctl_explorers():
        yield Explorer(name="curious", build=Curious, learned=True, answers={"return"})
"""


@pytest.fixture
def curious(tmp_path):
    file = tmp_path / "curious.py"
    file.write_text(dedent(CURIOUS))
    return file


def test_an_explorer_built_from_the_public_parts_trains_through_the_hooks(curious, tmp_path):
    from dreamctl.runs.build import choose
    from dreamctl.runs.directory import load_run
    from dreamctl.runs.play import trials
    from dreamctl.runs.progress import Progress
    from dreamctl.runs.seeding import task_seeds
    from dreamctl.training.train import train

    settings = choose(str(curious), explorer="curious", steps=20_000, device="cpu", options={"hidden": 8})
    summary = train(settings, tmp_path / "run", progress=Progress(quiet=True))
    assert summary.steps >= 20_000
    run = load_run(tmp_path / "run")
    assert run.player.options.hidden == 8
    tasks = run.environment.tasks().test
    ((exploration, execution),) = trials(run.environment, run.player, tasks, task_seeds(0, 1, tasks), rows=2)
    assert exploration.tasks is not None
    assert execution.returns.tolist() == [1, 1], "one pull tells which of two arms pays"


def test_that_explorer_imports_nothing_deeper(curious):
    tree = ast.parse(curious.read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {m for m in modules if m.startswith("dreamctl")} == {"dreamctl", "dreamctl.learning", "dreamctl.testing"}


def test_every_public_name_loads_and_is_documented():
    for package in (dreamctl, learning):
        assert dir(package) == sorted(package.__all__)
        for name in package.__all__:
            assert getattr(package, name) is not None
    for name in learning.__all__:
        thing = getattr(learning, name)
        assert name == "State" or thing.__doc__, f"{name} has a docstring"
    with pytest.raises(AttributeError, match="no attribute 'Lerner'"):
        _ = learning.Lerner


@pytest.mark.parametrize("package", [dreamctl, learning])
def test_type_checkers_are_told_of_the_same_names(package):
    tree = ast.parse(Path(package.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    told = {f"{'.' * node.level}{node.module}": tuple(a.name for a in node.names) for node in block.body}
    assert told == package._HOME


def test_naming_it_stays_light():
    program = "import sys, dreamctl.learning as l; print('torch' in sys.modules, 'numba' in sys.modules, l.Learner)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False False ")
    assert importlib.util.find_spec("torch") is not None
