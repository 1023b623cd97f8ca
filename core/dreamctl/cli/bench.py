"""`dreamctl bench`: how fast a simulator is, by batch size."""

from __future__ import annotations

import itertools
import time

import attrs
import click
import numpy as np
from numpy.typing import NDArray

from ..plugins import find_environment, load
from ..records import Environment, Task
from ..simulation.open import open_simulator
from .options import FiniteRange, json_option, plugin_option, print_json

BATCHES = (1, 16, 256, 4096)
STALE = 0.1  # rows that have finished are reset together once they are this share of the batch


@attrs.frozen(kw_only=True)
class Speed:
    """What one batch size reached. Finished rows are not counted, and resets are on a clock of their own."""

    environment: str
    batch: int
    threads: int  # that were really busy: CPU time by wall time
    steps_per_second: float
    frames_per_second: float
    resets_per_second: float


@click.command()
@plugin_option
@click.option("--environment", help="One of the plugin's environments.  [default: the plugin's main one]")
@click.option("--batch", "batches", type=click.IntRange(1), multiple=True, help="A batch size; may be repeated.")
@click.option("--seconds", type=FiniteRange(0, min_open=True), default=1.0, show_default=True, help="Per batch.")
@json_option
def command(plugin_name: str, environment: str | None, batches: tuple[int, ...], seconds: float, as_json: bool) -> None:
    """Measure a simulator's steps and frames per second, by batch size, under random play.

    Steps of rows that have finished are not counted. Resets are measured apart from steps.
    """
    plugin = load(plugin_name)
    found = find_environment(plugin, environment)
    where = f"{plugin.name}/{found.name}"
    speeds = []
    if not as_json:
        click.echo(f"{where}\n{'batch':>8} {'threads':>8} {'steps/s':>14} {'frames/s':>14} {'resets/s':>14}")
    for batch in batches or BATCHES:
        speed = measure(where, found, batch, seconds)
        speeds.append(speed)
        if not as_json:
            rates = (speed.steps_per_second, speed.frames_per_second, speed.resets_per_second)
            click.echo(f"{batch:>8} {speed.threads:>8} " + " ".join(f"{rate:>14,.0f}" for rate in rates))
    if as_json:
        print_json({"plugin": plugin_name, "results": [attrs.asdict(speed) for speed in speeds]})


def measure(where: str, environment: Environment, batch: int, seconds: float) -> Speed:
    """Play a batch at random for so many seconds of stepping, and at most three times as many in all."""
    rows = Rows(environment, batch)
    for _ in range(2):
        rows.advance(Tally())  # compilers and caches warm up
    tally, deadline = Tally(), time.perf_counter() + 3 * seconds
    while tally.stepping < seconds and (time.perf_counter() < deadline or not tally.steps):
        rows.advance(tally)
    rows.simulator.close()
    return Speed(
        environment=where,
        batch=batch,
        threads=max(1, round(tally.busy / tally.stepping)),
        steps_per_second=tally.steps / tally.stepping,
        frames_per_second=tally.steps * environment.frames_per_step / tally.stepping,
        resets_per_second=tally.resets / tally.resetting if tally.resets else 0.0,
    )


@attrs.define
class Tally:
    """What was done, and the seconds it took; `busy` is the processor time of stepping."""

    steps: int = 0
    resets: int = 0
    stepping: float = 0.0
    resetting: float = 0.0
    busy: float = 0.0


class Rows:
    """A simulator under random play; rows that finish are reset with the task that they had."""

    def __init__(self, environment: Environment, batch: int) -> None:
        self.simulator = open_simulator(environment, batch)
        self.rng = np.random.default_rng(0)
        tasks = _tasks(environment, batch, self.rng)
        self.params = [tasks[row % len(tasks)].params for row in range(batch)]
        self.actions = itertools.cycle(self.rng.integers(len(environment.actions), size=(61, batch)))  # [., B]
        self.alive = np.zeros(batch, bool)  # [B]

    def advance(self, tally: Tally) -> None:
        """One step of every row, after resetting those that have finished if they are many."""
        if (~self.alive).mean() > STALE:
            self._reset(np.flatnonzero(~self.alive), tally)
        actions = next(self.actions)
        begin, begin_busy = time.perf_counter(), time.process_time()
        step = self.simulator.step(actions)
        tally.stepping += time.perf_counter() - begin
        tally.busy += time.process_time() - begin_busy
        tally.steps += int(self.alive.sum())
        self.alive &= ~(step.terminated | step.truncated | (step.failure > 0))

    def _reset(self, rows: NDArray[np.intp], tally: Tally) -> None:
        seeds = self.rng.integers(2**63, size=len(rows)).astype(np.uint64)
        params = [self.params[row] for row in rows]
        begin = time.perf_counter()
        self.simulator.reset(params, seeds, rows)
        tally.resetting += time.perf_counter() - begin
        tally.resets += len(rows)
        self.alive[rows] = True


def _tasks(environment: Environment, batch: int, rng: np.random.Generator) -> list[Task]:
    """The training tasks in random order, or as many of the endless generator's."""
    found = environment.tasks()
    if found.train:
        return [found.train[i] for i in rng.permutation(len(found.train))]
    assert found.sample is not None
    return [found.sample(rng) for _ in range(min(batch, 1000))]
