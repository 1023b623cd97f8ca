"""Grading in several processes: each has the run, and plays one shard of programs after the other.

Shards are the same as in one process, and a shard's grades depend on nothing else, so the rows are the same, too.
Where nothing else runs in this process yet, they are copies of it that load nothing (fork); else they load the run.
The processes are our own rather than those of `concurrent.futures`, which cannot tell which shard one of them died of,
and leaves the others behind when the grading itself is killed.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import attrs
from attrs import define, frozen

from ..errors import RunError
from ..runs.directory import load_run
from ..runs.machine import on_threads, usable_cores
from ..runs.processes import end_with_parent, interrupts_ignored
from .grade import Grader, Shard, error_shard, grade_shard
from .pages import Pages
from .rows import written

TRIES = 2  # how often a shard is given to a process before it is given up
PATIENCE = 5.0  # seconds that a process may take to end by itself
Rows = list[dict[str, Any]]


def worth_starting(programs: int, together: int) -> int:
    """How many processes so many programs are worth on this machine, of which so many are graded at once."""
    return max(1, min(usable_cores(), 2 * programs // together))


def in_processes(grader: Grader, pages: Pages | None, shards: Sequence[Shard], count: int) -> Iterator[Rows]:
    """The rows of each shard, in the order in which `count` processes get done; their pages are written.

    A process that dies is replaced, and its shard tried once more. What cannot be graded so becomes `error` rows.
    """
    plan = _Plan.of(grader, pages)
    waiting = deque(_Job(shard) for shard in shards)
    workers = [_Worker(plan, grader) for _ in range(count)]
    try:
        while waiting or any(worker.job for worker in workers):
            for pipe in wait([worker.pipe for worker in workers]):
                number = next(n for n, worker in enumerate(workers) if worker.pipe is pipe)
                worker, job = workers[number], workers[number].job
                try:
                    rows = worker.hear()
                except (EOFError, OSError):
                    code = worker.ended()
                    if job is None:
                        raise RunError(
                            f"A process for grading ended with code {code} before it began; give --workers 1."
                        ) from None
                    workers[number] = _Worker(plan, grader)
                    if job.tries < TRIES:
                        waiting.appendleft(job)
                    else:
                        yield _given_up(grader, pages, job.shard, "worker", f"its process ended with code {code}")
                    continue
                if isinstance(rows, str):
                    assert job is not None
                    yield _given_up(grader, pages, job.shard, *rows.split(" ", 1))
                elif rows is not None:
                    yield rows
                while waiting and worker.job is None:
                    job = waiting.popleft()
                    refusal = worker.take(job)
                    if refusal:
                        yield _given_up(grader, pages, job.shard, "worker", refusal)
    finally:
        for worker in workers:
            worker.end()


def _given_up(grader: Grader, pages: Pages | None, shard: Shard, kind: str, reason: str) -> Rows:
    sentence = f"It was among {len(shard)} programs that could not be graded: {reason}."
    return written(error_shard(grader, shard, kind, sentence), pages)


@frozen
class _Plan:
    """What a process is told: a grader, which a copy of this process has already, while another loads the run."""

    copied: bool
    directory: Path
    device: str
    words: dict[str, Any]
    folder: Path | None

    @classmethod
    def of(cls, grader: Grader, pages: Pages | None) -> _Plan:
        names = [a.name for a in attrs.fields(Grader) if a.name != "run"]
        words = {name: getattr(grader, name) for name in names}
        directory, device = grader.run.directory, grader.run.settings.device
        return cls(_may_be_copied(device), directory, device, words, pages.folder if pages else None)

    def grader(self) -> Grader:
        return Grader(run=load_run(self.directory, device=self.device), **self.words)


def _may_be_copied(device: str) -> bool:
    """Whether this process can be forked: a copy lacks the threads and the GPU that are in use here."""
    tasks = Path("/proc/self/task")
    return sys.platform == "linux" and device == "cpu" and tasks.exists() and len(list(tasks.iterdir())) == 1


@define
class _Job:
    shard: Shard
    tries: int = 0


class _Worker:
    """A process, the pipe to it, and what it is doing; it does not outlive this one."""

    def __init__(self, plan: _Plan, grader: Grader) -> None:
        context: Any = multiprocessing.get_context("fork" if plan.copied else "spawn")
        self.job: _Job | None = None
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, plan, grader if plan.copied else None), daemon=True)
        with interrupts_ignored():
            self.process.start()
        theirs.close()

    def take(self, job: _Job) -> str:
        """Begin a job; says why, where its programs cannot be told to a process."""
        job.tries += 1
        try:
            self.pipe.send(job.shard)
        except OSError:
            pass  # it has died, which is heard of next
        except Exception as error:  # whatever a plugin's tasks make of being pickled
            return f"they cannot be told to a process ({type(error).__name__}: {error})"
        self.job = job
        return ""

    def hear(self) -> Any:
        """Rows, or the text of an error, or None where it says that it is ready."""
        heard = self.pipe.recv()
        self.job = None
        return heard

    def ended(self) -> int | None:
        """It says no more: the code that it ended with."""
        self.process.join(PATIENCE)
        self.end()
        return self.process.exitcode

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.join()
        self.pipe.close()


def _work(pipe: Connection, plan: _Plan, grader: Grader | None) -> None:
    """What a process does, until it is stopped."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    grader = grader or plan.grader()
    settings = grader.run.settings
    pages = plan.folder and Pages(folder=plan.folder, environment=grader.run.environment, rubric=grader.rubric)
    with on_threads(settings.threads, settings.device):
        pipe.send(None)
        while True:
            shard = pipe.recv()
            try:
                rows: Any = written(grade_shard(grader, shard), pages or None)
            except Exception as error:
                rows = f"{type(error).__name__} {' '.join(str(error).split())}"
            pipe.send(rows)
