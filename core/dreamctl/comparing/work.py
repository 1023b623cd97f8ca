"""The runs of a comparison: each trained in a process of its own, and measured in another that loads the checkpoint.

What is done is known by the files alone: a run that has `measured/NAME.json` is done, and any other goes on from its
checkpoint. So a comparison can be killed at any moment; its processes end with it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import attrs
from attrs import define, field, frozen

from ..errors import DreamctlError, RunError
from ..runs.directory import is_run, write_json
from ..runs.measures import read_measures
from ..runs.processes import end_with_parent, interrupts_ignored
from ..runs.progress import Progress
from ..runs.settings import Settings
from .plan import Plan

RUNS, MEASURED, CLOCK = "runs", "measured", "clock.json"
TOLD_SECONDS = 0.5  # how often a process says how far it is
CURVES = ("greedy/return", "decoder/accuracy", "exploration/gain")  # measures that make a learning curve


@frozen(kw_only=True)
class Job:
    """One run, its files, and how it is measured."""

    name: str
    settings: Settings
    learned: bool
    out: Path
    trials: int | None
    held_out: str | None

    @property
    def directory(self) -> Path:
        return self.out / RUNS / self.name

    @property
    def measured(self) -> Path:
        return self.out / MEASURED / f"{self.name}.json"

    @property
    def arrays(self) -> Path:
        return self.out / MEASURED / f"{self.name}.npz"

    @property
    def units(self) -> int:
        """What it adds to the work: agent steps, if it learns."""
        return self.settings.steps if self.learned else 0


def jobs_of(plan: Plan, out: Path) -> list[Job]:
    """Every run, the seeds of a contestant one after the other."""
    return [
        Job(
            name=contestant.run(seed),
            settings=attrs.evolve(contestant.settings, seed=seed),
            learned=contestant.learned,
            out=out,
            trials=plan.request.trials,
            held_out=plan.request.held_out,
        )
        for contestant in plan.contestants
        for seed in plan.seeds
    ]


def work(plan: Plan, out: Path, workers: int, progress: Progress) -> None:
    """Train and measure what has not been yet, `workers` runs at a time; RunError says which failed, and why.

    With 0 workers everything is done in this process, one after the other, which ends in the same files.
    """
    jobs = jobs_of(plan, out)
    (out / RUNS).mkdir(exist_ok=True)
    (out / MEASURED).mkdir(exist_ok=True)
    todo = deque((job, train_it) for job in jobs if not job.measured.exists())
    if not todo:
        return
    if workers == 0:
        _alone([job for job, _ in todo], out, progress)
        return
    office = _Office(jobs, progress, out)
    try:
        with progress:
            office.open(len(todo))
            while todo or office.active:
                while todo and len(office.active) < workers:
                    office.start(*todo.popleft())
                for job, stage in office.hear():
                    if stage is train_it:
                        todo.appendleft((job, measure_it))
    finally:
        office.close()
    if office.failed:
        (name, reason), *rest = office.failed.items()
        more = f" So did {len(rest)} more." if rest else ""
        raise RunError(f"{out}: the run '{name}' failed: {reason}.{more} What is done is kept; go on with --resume.")


def _alone(jobs: list[Job], out: Path, progress: Progress) -> None:
    begun, before = time.monotonic(), seconds_of(out)
    with progress:
        progress.begin("comparing", sum(job.units for job in jobs), 0)
        done = 0
        for number, job in enumerate(jobs):
            note = f"{number} of {len(jobs)} runs; {job.name}"
            train_it(job, lambda _, steps, done=done, note=note: progress.at(done + steps, {}, note))  # type: ignore[misc]
            measure_it(job)
            done += job.units
            write_json(out / CLOCK, {"seconds": round(before + time.monotonic() - begun, 1)})


def seconds_of(out: Path) -> float:
    """How long the comparison has been at work, over all sessions, in seconds."""
    path = out / CLOCK
    return float(json.loads(path.read_text("utf-8"))["seconds"]) if path.exists() else 0.0


Tell = Callable[[str, Any], None]  # says a word, and a number or a sentence
Stage = Callable[[Job, Tell], None]


@define
class _Process:
    job: Job
    stage: Stage
    process: Any
    done: int = 0  # agent steps, as it last said


@define
class _Office:
    """The processes that are at work, how far everything is, and what failed."""

    jobs: list[Job]
    progress: Progress
    out: Path
    active: dict[Connection, _Process] = field(factory=dict)
    failed: dict[str, str] = field(factory=dict)
    finished: int = 0  # runs
    units: int = 0  # agent steps of finished runs
    before: float = 0.0
    begun: float = field(factory=time.monotonic)

    def open(self, waiting: int) -> None:
        self.before, self.finished = seconds_of(self.out), len(self.jobs) - waiting
        self.units = sum(job.units for job in self.jobs if job.measured.exists())
        self.progress.begin("comparing", sum(job.units for job in self.jobs), self.units)

    def start(self, job: Job, stage: Stage) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(theirs, stage, job), daemon=True)
        with interrupts_ignored(), _one_thread():
            process.start()
        theirs.close()
        self.active[ours] = _Process(job, stage, process, job.units if stage is measure_it else 0)

    def hear(self) -> Iterator[tuple[Job, Stage]]:
        """Take in what processes say; yields the stages that ended well."""
        for pipe in wait(list(self.active)):
            assert isinstance(pipe, Connection)
            each = self.active[pipe]
            try:
                word, value = pipe.recv()
            except (EOFError, OSError):
                each.process.join()
                word, value = "failed", f"its process ended with code {each.process.exitcode}"
            if word == "from":
                self.progress.first += value  # it was done in an earlier session
                each.done = value
            elif word == "at":
                each.done = value
            else:
                del self.active[pipe]
                pipe.close()
                each.process.join()
                if word == "failed":
                    self.failed[each.job.name] = value
                else:
                    self._tick(each)
                    yield each.job, each.stage
        self._show()

    def close(self) -> None:
        for pipe, each in self.active.items():
            each.process.terminate()
            each.process.join()
            pipe.close()

    def _tick(self, each: _Process) -> None:
        if each.stage is measure_it:
            self.finished, self.units = self.finished + 1, self.units + each.job.units
        seconds = self.before + time.monotonic() - self.begun
        write_json(self.out / CLOCK, {"seconds": round(seconds, 1)})

    def _show(self) -> None:
        running = ", ".join(each.job.name for each in self.active.values())
        done = self.units + sum(min(each.done, each.job.units) for each in self.active.values())
        self.progress.at(done, {}, f"{self.finished} of {len(self.jobs)} runs; {running or 'done'}")


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes that are started here do not contend for cores, unless that is decided already."""
    name = "OMP_NUM_THREADS"
    if name in os.environ:
        yield
        return
    os.environ[name] = "1"
    try:
        yield
    finally:
        del os.environ[name]


# --- in a process of its own --------------------------------------------------------------------------------------


def _work(pipe: Connection, stage: Stage, job: Job) -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        stage(job, lambda word, value: pipe.send((word, value)))
        pipe.send(("done", None))
    except DreamctlError as error:
        pipe.send(("failed", str(error).rstrip(".")))
    except Exception as error:
        traceback.print_exc()
        pipe.send(("failed", f"{type(error).__name__}: {' '.join(str(error).split())}"))


def train_it(job: Job, tell: Tell) -> None:
    """As `dreamctl train --resume` does; a directory that was not even begun is begun anew."""
    from ..training.train import train

    if job.directory.exists() and not is_run(job.directory):
        shutil.rmtree(job.directory)
    train(job.settings, job.directory, resume=True, progress=_Telling(tell))


def measure_it(job: Job, tell: Tell | None = None) -> None:
    """As `dreamctl evaluate` does, and what it does in its explorations; everything is written down at once."""
    from ..runs.directory import load_run
    from ..training.evaluate import evaluate, finite
    from ..view.habits import habits
    from ..view.trial import Watched

    begun = time.monotonic()
    by_return = job.settings.rubric is None
    evaluation = evaluate(
        job.directory,
        tasks=job.held_out,
        trials=job.trials,
        returns=job.arrays if by_return else None,
        probabilities=None if by_return else job.arrays,
    )
    lines = read_measures(job.directory)
    document = {
        "evaluation": {**evaluation, "provenance": {**evaluation["provenance"], "run": f"{RUNS}/{job.name}"}},
        "curves": _curves(lines),
        "habits": habits(Watched.of_run(load_run(job.directory))),
        "training_seconds": max((line["seconds"] for line in lines), default=0.0),
        "measuring_seconds": round(time.monotonic() - begun, 1),
    }
    write_json(job.measured, finite(document))


def _curves(lines: list[dict[str, Any]]) -> dict[str, list[list[float]]]:
    """Measure -> its points (steps, value)."""
    learning = [line for line in lines if line["phase"] == "explore"]
    found = {name: [[line["steps"], line[name]] for line in learning if name in line] for name in CURVES}
    return {name: points for name, points in found.items() if points}


class _Telling(Progress):
    """Says how far learning is, now and then."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(quiet=True)
        self.tell = tell

    def begin(self, phase: str, total: int, done: int) -> None:
        super().begin(phase, total, done)
        if phase == "learning":
            self.tell("from", done)

    def at(self, done: int, measures: Mapping[str, float], note: str = "") -> None:
        now = time.monotonic()
        if self.phase == "learning" and now - self.shown >= TOLD_SECONDS:
            self.shown = now
            self.tell("at", done)
