"""Fixtures that several tests share: installed distributions, the command line, trained runs, and episodes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dreamctl import Environment, Episodes, Policy, Rubric

TINY = str(Path(__file__).parent / "tiny.py")  # a whole plugin that learns in a moment


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """`install("pong", source)` installs a distribution `dreamctl-pong` with one plugin; returns its module's file.

    A folder with metadata on `sys.path` is all that an installed distribution is.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def write(
        name: str, source: str, *, distribution: str | None = None, version: str = "1.2", module: str | None = None
    ) -> Path:
        distribution = distribution or f"dreamctl-{name}"
        module = module or f"installed_{tmp_path.name.replace('-', '_')}_{distribution.replace('-', '_')}"
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[dreamctl]\n{name} = {module}\n")
        file = site / f"{module}.py"
        file.write_text(dedent(source))
        monkeypatch.delitem(sys.modules, module, raising=False)
        return file

    return write


@pytest.fixture
def pong(tmp_path: Path, install: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plugin that `dreamctl new pong` writes, installed; the folder of its package."""
    from dreamctl.template import render

    render("pong", tmp_path / "dreamctl-pong")
    monkeypatch.syspath_prepend(str(tmp_path / "dreamctl-pong" / "src"))
    for module in [name for name in sys.modules if name.partition(".")[0] == "dreamctl_pong"]:
        monkeypatch.delitem(sys.modules, module)
    install("pong", "", module="dreamctl_pong").unlink()
    return tmp_path / "dreamctl-pong"


@pytest.fixture
def dreamctl() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`dreamctl("plugins", "--json")` runs the command in a process of its own that sees what this one sees."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        search = os.pathsep.join(path for path in sys.path if path)
        return subprocess.run(
            [sys.executable, "-m", "dreamctl", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": search, **environment},
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def tiny() -> str:
    return TINY


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`trained("lamps", "so-far")` is the directory of a finished run, trained once and only evaluated since."""
    from dreamctl.runs.build import choose
    from dreamctl.runs.progress import Progress
    from dreamctl.training.train import train

    made: dict[tuple[str, str | None], Path] = {}

    def run(environment: str = "lamps", classifier: str | None = "regression") -> Path:
        if environment == "doors":
            classifier = None
        if (environment, classifier) not in made:
            directory = tmp_path_factory.mktemp("runs") / f"{environment}-{classifier}"
            settings = choose(TINY, environment, "counting", classifier, steps=3000, device="cpu")
            train(settings, directory, progress=Progress(quiet=True))
            made[environment, classifier] = directory
        return made[environment, classifier]

    return run


@pytest.fixture(scope="session")
def forks() -> Environment:
    """Two short hallways and a sign: three exploration episodes of any length, instructions, labels, identifiers."""
    import attrs
    from gymnasium import spaces

    from dreamctl import TaskSet
    from dreamctl_hallway import hallway

    hallways = hallway("forks", hallways=2, length=2, sign=2, noise=2, reward_seen=True)

    def tasks() -> TaskSet:
        every = [
            attrs.evolve(task, labels={"left": task.params[0] == 0, "tile": bool(task.params[1] & 1)})
            for task in hallways.tasks().train
        ]
        return TaskSet(train=every, test=every, shared=True)

    return attrs.evolve(
        hallways,
        tasks=tasks,
        exploration_steps=4,
        exploration_episodes=3,
        instructions=lambda params, rng: rng.integers(3, size=1),
        instruction_space=spaces.MultiDiscrete([3]),
    )


@pytest.fixture(scope="session")
def measured(forks: Environment) -> Environment:
    """`forks` with observations that are quantities: networks centre and scale them."""
    import attrs
    import numpy as np
    from gymnasium import spaces

    return attrs.evolve(forks, observation_space=spaces.Box(0, 4, (5,), np.uint8))


@pytest.fixture(scope="session")
def left_or_tile() -> Rubric:
    """What is judged of `forks`."""
    from dreamctl import Item, Rubric

    return Rubric(name="left-or-tile", environment="forks", items=[Item(key="left"), Item(key="tile")])


@pytest.fixture(scope="session")
def played(forks: Environment) -> Callable[..., Episodes]:
    """`played(5)` is five explorations of `forks` by random players; `executing=True` gives executions instead."""
    import numpy as np

    from dreamctl import RandomPolicy, keys, open_simulator
    from dreamctl.learning import execute, explore

    def play(
        batch: int, seed: int = 0, *, policy: Policy | None = None, executing: bool = False, condition: Any = None
    ) -> Episodes:
        train = forks.tasks().train
        tasks = [train[row % len(train)] for row in range(batch)]
        seeds = keys(np.arange(batch, dtype=np.uint64), seed)
        roll = execute if executing else explore
        player = policy or RandomPolicy(len(forks.actions))
        return roll(forks, open_simulator(forks, batch), player, tasks, seeds, condition=condition)

    return play


@pytest.fixture(scope="session")
def padded() -> Callable[[Episodes, int], Episodes]:
    """`padded(episodes, 3)` is the same episodes with so many positions of padding more."""
    import attrs
    import numpy as np

    def pad(episodes: Episodes, more: int) -> Episodes:
        def longer(array: Any, value: Any = None) -> Any:
            last = array[:, -1:] if value is None else np.full_like(array[:, -1:], value)
            return np.concatenate([array, *[last] * more], 1)

        return attrs.evolve(
            episodes,
            observation=longer(episodes.observation),
            episode=longer(episodes.episode),
            executing=longer(episodes.executing),
            action=longer(episodes.action, -1),
            reward=longer(episodes.reward, 0),
            terminated=longer(episodes.terminated, False),
            mask=longer(episodes.mask, False),
        )

    return pad


@pytest.fixture(scope="session")
def other_future() -> Callable[[Episodes, Episodes, int], Episodes]:
    """`other_future(a, b, t)` is `a` up to its observation t, and `b` from there on."""
    import attrs

    def swap(a: Episodes, b: Episodes, t: int) -> Episodes:
        changed = {}
        for name in ("observation", "episode", "executing", "action", "reward", "terminated", "mask"):
            known = t + 1 if name in ("observation", "episode", "executing") else t
            changed[name] = getattr(a, name).copy()
            changed[name][:, known:] = getattr(b, name)[:, known:]
        return attrs.evolve(a, **changed)

    return swap
