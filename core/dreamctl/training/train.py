"""Training: the explorer learns until its budget is spent, then the judge is fitted on what it explores."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from ..errors import PluginError, RunError, UsageError
from ..learning.gain import base_rates
from ..learning.learner import Judge, Learner, below, nested
from ..random import key
from ..records import TaskSet
from ..runs import checkpoint
from ..runs.build import (
    Parts,
    build_judge,
    build_player,
    control_explorers,
    draw,
    find,
    problem,
    shuffled,
    task_set,
    training_lists,
)
from ..runs.curves import draw_curves
from ..runs.directory import (
    PROVENANCE,
    check_identity,
    create,
    identity,
    is_run,
    read_settings,
    restore,
)
from ..runs.judging import FittedJudge
from ..runs.machine import on_threads
from ..runs.measures import RESERVED, MeasureLog, finite, read_measures
from ..runs.play import ROWS, Player, trials
from ..runs.progress import Progress
from ..runs.provenance import provenance
from ..runs.seeding import CALIBRATE, LEARN, seed_torch, text_hash
from ..runs.settings import Settings
from .fitting import fit_judge

CHECKPOINT_SECONDS = 30.0
LOG_SECONDS, LOG_SHARE = 0.5, 0.01  # a line of the log after so much time, or so much of the budget
PROBE_SECONDS = 3.0
SHARE_OF_PROBE = 0.9  # later iterations may be slower than the first, and a schedule should reach its end


@frozen(kw_only=True)
class Summary:
    """What training came to."""

    directory: Path
    steps: int
    seconds: float
    measures: Mapping[str, float]


def train(
    settings: Settings,
    directory: Path,
    *,
    resume: bool = False,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
    progress: Progress | None = None,
) -> Summary:
    """Train a run into `directory`, from the start or, with `resume`, from its checkpoint.

    With the budget in steps and on one thread, a run that was killed and resumed ends in the same checkpoint as one
    that was not. Errors in settings leave no directory behind.
    """
    with ExitStack() as stack:
        stack.enter_context(on_threads(settings.threads, settings.device))
        session = _open(settings, directory, resume, checkpoint_seconds)
        if session.phase == "done":
            return _summary(session)
        session.progress = stack.enter_context(progress or Progress())
        session.log = stack.enter_context(MeasureLog(directory, resume_at=session.steps if resume else None))
        if session.phase == "explore":
            _learn_to_explore(session)
        if session.phase == "judge":
            _fit_judges(session)
        draw_curves(directory, _optimum(session))
        return _summary(session)


def steps_for(settings: Settings, minutes: float) -> int:
    """The budget in steps that about fills so many minutes, measured on a learner that is thrown away."""
    with on_threads(settings.threads, settings.device):
        parts = find(settings)
        if not parts.explorer.learned:
            return settings.steps
        task = problem(parts, _to_train_on(parts))
        learner = build_player(parts.explorer, task, build_judge(parts, task))
        assert isinstance(learner, Learner)
        learner.iterate()  # the first one compiles and warms up
        begun, before = time.monotonic(), learner.steps
        while (spent := time.monotonic() - begun) < min(PROBE_SECONDS, minutes * 6):
            _iterate(learner, settings)
        rate = (learner.steps - before) / max(spent, 1e-9)
        return max(1, int(rate * minutes * 60 * SHARE_OF_PROBE))


def agree(settings: Settings, directory: Path) -> Settings:
    """The settings to resume with: the run's own; UsageError if these ask for something else."""
    stored = read_settings(directory)
    for f in attrs.fields(Settings):
        mine, theirs = getattr(settings, f.name), getattr(stored, f.name)
        if mine != theirs and not (f.name == "steps" and settings.minutes is not None):
            raise UsageError(
                f"{directory}: its {f.name} is {theirs!r}, and {mine!r} was asked for; --resume continues a run as it "
                "was begun, so leave the option out, or choose another --out."
            )
    return stored


# --- a run under way ----------------------------------------------------------------------------------------------


@define(kw_only=True)
class _Session:
    directory: Path
    parts: Parts
    tasks: TaskSet
    player: Player
    judge: Judge | None
    phase: str  # explore, judge, done
    checkpoint_seconds: float
    earlier: float  # seconds spent before a resume
    begun: float = field(factory=time.monotonic)
    saved: float = field(factory=time.monotonic)
    fitted: dict[str, FittedJudge] = field(factory=dict)
    prevalence: NDArray[np.float64] = field(factory=lambda: np.zeros(0))  # [L] of the items, in training programs
    progress: Progress = field(factory=Progress)
    log: MeasureLog = field(init=False)

    @property
    def settings(self) -> Settings:
        return self.parts.settings

    @property
    def steps(self) -> int:
        return self.player.steps if isinstance(self.player, Learner) else 0

    @property
    def seconds(self) -> float:
        return self.earlier + time.monotonic() - self.begun

    def save(self) -> None:
        """Write the checkpoint of this moment."""
        parts: dict[str, Mapping[str, Any]] = {}
        if isinstance(self.player, Learner):
            parts["explorer"] = self.player.state()
        if self.judge is not None and self.phase == "done":
            parts["judge"] = self.judge.state()
        for name, fitted in self.fitted.items():
            parts[name] = fitted.judge.state()
        parts["calibration"] = {name: fitted.calibration for name, fitted in self.fitted.items()}
        parts |= {f"signs/{name}": fitted.signs.state() for name, fitted in self.fitted.items() if fitted.signs}
        parts["anything"] = {name: fitted.anything for name, fitted in self.fitted.items()}
        state = {**nested(parts), "seen": _key_hashes(self.tasks), "prevalence": self.prevalence}
        about = {
            "phase": self.phase,
            "steps": self.steps,
            "identity": identity(self.parts),
            "risk": {name: fitted.risk for name, fitted in self.fitted.items()},
            "controls": [name.removeprefix("controls/") for name in self.fitted if name != "judge"],
        }
        checkpoint.write(self.directory, checkpoint.lasting(state) if self.phase == "done" else state, about)
        self.saved = time.monotonic()

    def report(self, measures: Mapping[str, float]) -> None:
        if measures:
            self.log.write(self.phase, self.steps, self.seconds, measures)


def _open(settings: Settings, directory: Path, resume: bool, checkpoint_seconds: float) -> _Session:
    """Build everything, and make the directory or take over its checkpoint."""
    parts = find(settings)
    tasks = _to_train_on(parts)
    task = problem(parts, shuffled(parts, tasks) if settings.shuffle_identifiers else tasks)
    seed_torch(settings.seed, LEARN)
    judge = build_judge(parts, task)
    player = build_player(parts.explorer, task, build_judge(parts, task))
    first = "explore" if isinstance(player, Learner) and parts.explorer.learned else "judge"
    session = _Session(
        directory=directory,
        parts=parts,
        tasks=tasks,
        player=player,
        judge=judge,
        phase=first if first == "explore" or judge is not None else "done",
        checkpoint_seconds=checkpoint_seconds,
        earlier=0.0,
    )
    about_run = provenance(settings, parts.plugin, parts.environment)
    if not (resume and is_run(directory)):
        create(directory, settings, about_run)
        session.save()
        return session
    _check_data(directory, about_run)
    if checkpoint.exists(directory):
        _take_over(session)
    return session


def _to_train_on(parts: Parts) -> TaskSet:
    tasks = task_set(parts)
    if not tasks.train and tasks.sample is None:
        raise UsageError(
            f"{parts.plugin.name}/{parts.environment.name} has no training tasks of its own; give some with --tasks."
        )
    return tasks


def _take_over(session: _Session) -> None:
    directory = session.directory
    state, about = checkpoint.read(directory)
    check_identity(directory, session.parts, about)
    restore(directory, session.parts.explorer.name, session.player, below("explorer", state))
    if session.judge is not None and about["phase"] == "done":
        restore(directory, "judge", session.judge, below("judge", state))
    if session.steps != about["steps"]:
        raise PluginError(
            f"Explorer '{session.parts.explorer.name}': after load() its steps are {session.steps}, not the "
            f"{about['steps']} at which state() was taken; its state has to hold them."
        )
    session.phase = about["phase"]
    session.earlier = max((line["seconds"] for line in read_measures(directory)), default=0.0)


def _check_data(directory: Path, now: Mapping[str, Any]) -> None:
    try:
        then = json.loads((directory / PROVENANCE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{directory / PROVENANCE}: it cannot be read, so the run cannot be continued.") from error
    for path, digest in now["data"].items():
        if then.get("data", {}).get(path, digest) != digest:
            raise RunError(f"{directory}: the tasks in {path} have changed since the run began; put them back.")


def _summary(session: _Session) -> Summary:
    """The last value of each measure, as the log has it."""
    last: dict[str, float] = {}
    for line in read_measures(session.directory):
        last.update({name: value for name, value in line.items() if name not in RESERVED})
    return Summary(directory=session.directory, steps=session.steps, seconds=session.seconds, measures=last)


# --- the two phases -----------------------------------------------------------------------------------------------


def _learn_to_explore(session: _Session) -> None:
    learner, settings = session.player, session.settings
    assert isinstance(learner, Learner)
    window = _Window(learner.steps)
    session.progress.begin("learning", settings.steps, learner.steps)
    ended = learner.steps >= settings.steps
    while not ended:
        part = learner.steps * settings.looks // settings.steps
        window.add(_iterate(learner, settings))
        ended = learner.steps >= settings.steps or _out_of_time(session)
        if ended:
            learner.finish()
        session.progress.at(learner.steps, window.latest)
        if window.age >= LOG_SECONDS or learner.steps - window.first >= LOG_SHARE * settings.steps:
            session.report(window.means())
            window = _Window(learner.steps)
        if learner.steps * settings.looks // settings.steps > part:
            session.report(_greedy(session))
        if time.monotonic() - session.saved >= session.checkpoint_seconds:
            session.save()
    if window.count:
        session.report(window.means())
    session.phase = "judge" if session.judge is not None else "done"
    session.save()


def _iterate(learner: Learner, settings: Settings) -> Mapping[str, float]:
    """One iteration, whose draws from torch's own generator depend on the step it starts at alone."""
    before = learner.steps
    seed_torch(settings.seed, LEARN, before)
    measures = learner.iterate()
    if learner.steps <= before:
        raise PluginError(
            f"Explorer '{settings.explorer}': iterate() took no step, so its budget would never be spent."
        )
    return measures


def _greedy(session: _Session) -> dict[str, float]:
    """The return of the policies as they are now, with no exploring noise, on validation tasks."""
    environment, tasks = session.parts.environment, session.tasks
    if environment.answer != "return":
        return {}
    some = tasks.validation or tasks.train or draw(tasks, ROWS, session.settings.seed, CALIBRATE)
    shown = [some[n % len(some)] for n in range(ROWS)]
    seeds = np.array([key(session.settings.seed, CALIBRATE, session.steps, n) for n in range(ROWS)], np.uint64)
    played = trials(environment, session.player, shown, seeds, told=session.parts.explorer.told)
    return {"greedy/return": float(np.mean([execution.returns for _, execution in played]))}


def _out_of_time(session: _Session) -> bool:
    minutes = session.settings.minutes
    return minutes is not None and session.seconds >= minutes * 60


def _fit_judges(session: _Session) -> None:
    """Fit the judge, and one of its kind per control; begun again from the start if the run is killed meanwhile."""
    parts, settings = session.parts, session.settings
    assert session.judge is not None
    assert parts.rubric is not None
    lists = training_lists(session.tasks, settings.seed)
    session.prevalence = np.nan_to_num(base_rates(parts.rubric.targets(lists.train)))
    told = parts.explorer.told
    session.fitted["judge"] = fit_judge(
        parts, session.judge, session.player.explorer(), lists, session.report, session.progress, told=told, signs=True
    )
    task = problem(parts, session.tasks)
    for name, explorer in control_explorers(parts).items() if settings.controls else ():
        seed_torch(settings.seed, LEARN)
        judge = build_judge(parts, task)
        assert judge is not None
        policy = build_player(explorer, task).explorer()
        session.fitted[f"controls/{name}"] = fit_judge(
            parts, judge, policy, lists, session.report, session.progress, prefix=f"control_{name}"
        )
    session.phase = "done"
    session.save()


class _Window:
    """Means of the measures between two lines of the log."""

    def __init__(self, first: int) -> None:
        self.begun, self.first, self.count = time.monotonic(), first, 0
        self.sums: dict[str, list[float]] = {}
        self.latest: Mapping[str, float] = {}

    def add(self, measures: Mapping[str, float]) -> None:
        self.count, self.latest = self.count + 1, measures
        for name, value in finite(measures).items():
            self.sums.setdefault(name, []).append(float(value))

    @property
    def age(self) -> float:
        return time.monotonic() - self.begun

    def means(self) -> dict[str, float]:
        return {name: float(np.mean(values)) for name, values in self.sums.items()}


def _key_hashes(tasks: TaskSet) -> NDArray[np.uint64]:
    """Which tasks a run learns from, for `evaluate` to tell held-out ones; none where they are shared on purpose."""
    keys = [] if tasks.shared else [task.key for split in (tasks.train, tasks.validation) for task in split]
    return np.sort(np.array([text_hash(key) for key in keys], np.uint64))


def _optimum(session: _Session) -> float | None:
    optimum = session.parts.environment.optimum
    return optimum(session.tasks) if optimum is not None else None
