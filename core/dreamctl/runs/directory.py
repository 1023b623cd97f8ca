"""A run directory: made once, never overwritten, and loaded again in a fresh process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from ..errors import DreamctlError, RunError
from ..learning.learner import Judge, Learner, below
from ..learning.signs import Signs
from ..records import Environment, Explorer, Rubric, TaskSet
from . import checkpoint
from .build import Parts, build_judge, build_player, control_explorers, find, problem, task_set
from .judging import FittedJudge
from .machine import pick_device
from .play import Player
from .settings import Settings

SETTINGS, PROVENANCE, EVALUATION = "settings.toml", "provenance.json", "evaluation.json"


@frozen(eq=False, kw_only=True)
class Run:
    """A trained run, as it was when its checkpoint was written.

    `judge` is None for return answers, and before judging was fitted. `controls`: name to a scripted player and the
    judge that was fitted on its episodes. `prevalence`: share of training programs in which each item is present.
    `seen`: hashes of the keys of the tasks that it was trained on.
    """

    directory: Path
    parts: Parts
    player: Player
    steps: int
    finished: bool
    judge: FittedJudge | None = None
    controls: Mapping[str, tuple[Explorer, Player, FittedJudge]] = field(factory=dict)
    prevalence: NDArray[np.float64] = field(factory=lambda: np.zeros(0))  # [L]
    seen: NDArray[np.uint64] = field(factory=lambda: np.zeros(0, np.uint64))

    @property
    def settings(self) -> Settings:
        return self.parts.settings

    @property
    def environment(self) -> Environment:
        return self.parts.environment

    @property
    def rubric(self) -> Rubric | None:
        return self.parts.rubric


def create(directory: Path, settings: Settings, provenance: Mapping[str, Any]) -> None:
    """Make a new run directory; RunError if there is something there already."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        what = "a run" if is_run(directory) else "something that is not a run"
        advice = "add --resume to continue it, or choose another --out" if is_run(directory) else "choose another --out"
        raise RunError(f"{directory}: there is {what} already, and nothing is overwritten; {advice}.")
    directory.mkdir(parents=True, exist_ok=True)
    write_json(directory / PROVENANCE, provenance)
    checkpoint.replace(directory / SETTINGS, settings.to_toml().encode())


def is_run(directory: Path) -> bool:
    """Whether `directory` is a run directory."""
    return (directory / SETTINGS).is_file()


def read_settings(directory: Path) -> Settings:
    """The settings of a run directory; RunError if it is not one."""
    if not directory.is_dir():
        raise RunError(f"{directory}: there is no such run directory.")
    if not is_run(directory):
        raise RunError(f"{directory}: it is not a run directory, since it has no {SETTINGS}.")
    return Settings.from_toml(directory / SETTINGS)


def load_run(directory: Path, *, device: str | None = None) -> Run:
    """A run from its directory alone: what was built is built again, and takes over the checkpoint.

    The task file it was trained on is read where it still is, and is not needed otherwise.
    """
    settings = read_settings(directory)
    state, about = checkpoint.read(directory)
    parts = find(_on_this_machine(settings, device))
    check_identity(directory, parts, about)
    task = problem(parts, _tasks_if_there(parts))
    judge = build_judge(parts, task)
    player = build_player(parts.explorer, task, build_judge(parts, task))
    restore(directory, parts.explorer.name, player, below("explorer", state))
    fitted, controls = None, {}
    if judge is not None and about["phase"] == "done":
        reads_source = parts.classifier is not None and parts.classifier.reads_source
        fitted = _fitted(directory, judge, state, about, "judge", reads_source)
        if signs := below("signs/judge", state):
            fitted = attrs.evolve(fitted, signs=Signs.from_state(parts.environment, signs))
        for name, explorer in control_explorers(parts).items():
            if name in about["controls"]:
                other = build_judge(parts, task)
                assert other is not None
                control = _fitted(directory, other, state, about, f"controls/{name}", reads_source)
                controls[name] = (explorer, build_player(explorer, task), control)
    return Run(
        directory=directory,
        parts=parts,
        player=player,
        steps=about["steps"],
        finished=about["phase"] == "done",
        judge=fitted,
        controls=controls,
        prevalence=state["prevalence"],
        seen=state["seen"],
    )


def identity(parts: Parts) -> dict[str, Any]:
    """What a checkpoint must agree on with the run that loads it."""
    return {
        "plugin": parts.plugin.name,
        "environment": parts.environment.name,
        "environment_version": parts.environment.version,
        "explorer": parts.explorer.name,
        "classifier": parts.classifier.name if parts.classifier else None,
        "items": list(parts.rubric.keys) if parts.rubric else [],
    }


def check_identity(directory: Path, parts: Parts, about: Mapping[str, Any]) -> None:
    """Raise a RunError if the checkpoint is another run's, or of another version of the environment."""
    theirs = about.get("identity", {})
    for name, mine in identity(parts).items():
        if theirs.get(name) != mine:
            raise RunError(
                f"Checkpoint {directory / checkpoint.TENSORS}: its {name.replace('_', ' ')} is {theirs.get(name)!r}, "
                f"but {mine!r} is what its settings and the installed plugin say; it cannot be used here."
            )


def restore(directory: Path, name: str, part: Any, state: Mapping[str, Any]) -> None:
    """Let a learner or judge take over its state; RunError if the state is not one of its own."""
    if not isinstance(part, (Learner, Judge)):
        return
    try:
        part.load(dict(state))
    except DreamctlError:
        raise
    except Exception as error:  # whatever a plugin's load() makes of names and shapes that are not its own
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise RunError(
            f"Checkpoint {directory / checkpoint.TENSORS}: '{name}' cannot take it over, "
            f"since its names or shapes differ ({reason})."
        ) from error


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON document whole or not at all."""
    checkpoint.replace(path, (json.dumps(document, indent=2) + "\n").encode())


def _on_this_machine(settings: Settings, device: str | None) -> Settings:
    return attrs.evolve(settings, device=pick_device(device or settings.device))


def _tasks_if_there(parts: Parts) -> TaskSet:
    if parts.settings.tasks is not None and not Path(parts.settings.tasks).exists():
        return parts.environment.tasks()
    return task_set(parts)


def _fitted(
    directory: Path, judge: Judge, state: Mapping[str, Any], about: Mapping[str, Any], name: str, reads_source: bool
) -> FittedJudge:
    restore(directory, name, judge, below(name, state))
    anything = state.get(f"anything/{name}", np.array([1.0, 0.0]))  # runs of earlier versions have none
    return FittedJudge(judge, state[f"calibration/{name}"], about["risk"][name], reads_source, anything)
