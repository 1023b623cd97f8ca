"""Fitting a judge on an explorer's episodes, and calibrating it on tasks that it was not fitted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..learning.learner import Judge
from ..learning.signs import SignsSeen
from ..records import Task
from ..runs.build import Lists, Parts
from ..runs.judging import FittedJudge, calibrated, fit_calibration, uncalibrated, whole
from ..runs.play import ROWS, explore
from ..runs.progress import Progress
from ..runs.seeding import CALIBRATE, JUDGE, generator, seed_torch, task_seeds
from ..simulation.policy import Policy
from .measures import expected_calibration_error

Report = Callable[[Mapping[str, float]], None]


def fit_judge(
    parts: Parts,
    judge: Judge,
    policy: Policy,
    lists: Lists,
    report: Report,
    progress: Progress,
    *,
    told: bool = False,
    prefix: str = "judge",
    signs: bool = False,
) -> FittedJudge:
    """Show the judge every training task `settings.replays` times and every drawn one once, then calibrate it on the
    validation tasks.

    With `signs`, what is seen in single steps of these explorations is learned too, to place evidence by. The
    explorations depend on the settings and on nothing that was drawn before, so fitting can begin again.
    """
    settings, rubric, environment = parts.settings, parts.rubric, parts.environment
    assert rubric is not None
    assert parts.classifier is not None
    reads_source = parts.classifier.reads_source
    if not lists.train:
        raise UsageError(f"{parts.plugin.name}/{environment.name} has no training tasks; give some with --tasks FILE.")
    shown, seeds = _turns(lists, settings.seed, settings.replays)
    progress.begin(f"fitting {prefix}", len(shown), 0)
    seen = SignsSeen(environment)
    for number, episodes in enumerate(explore(environment, policy, shown, seeds, told=told)):
        seed_torch(settings.seed, JUDGE, number)
        first = number * ROWS
        targets = rubric.targets(shown[first : first + ROWS])
        measures = judge.gather(episodes.without_tasks(), targets)
        if signs:
            seen.take(episodes.without_tasks(), targets)
        report(_renamed(measures, prefix))
        progress.at(first + len(episodes), measures)
    seed_torch(settings.seed, JUDGE, -1)
    report(_renamed(judge.finish(), prefix))
    learned = seen.fit()
    if not lists.validation:
        return attrs.evolve(uncalibrated(judge, len(rubric.items), reads_source), signs=learned)
    raw, targets = predictions(parts, judge, policy, lists.validation, told=told)
    fitted = fit_calibration(judge, raw, targets, reads_source)
    report(_validation(fitted, raw, targets, prefix))
    return attrs.evolve(fitted, signs=learned)


def predictions(
    parts: Parts, judge: Judge, policy: Policy, tasks: Sequence[Task], *, told: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Raw probabilities and targets [B, L] of tasks that are explored anew."""
    assert parts.rubric is not None
    assert parts.classifier is not None
    reads = parts.classifier.reads_source
    seeds = task_seeds(parts.settings.seed, CALIBRATE, tasks)
    targets = parts.rubric.targets(tasks)
    asked = uncalibrated(judge, targets.shape[1], reads)
    shards = asked.explorations(parts.environment, policy, tasks, seeds, told=told)
    return np.concatenate([whole(judge, episodes, reads) for episodes in shards]), targets


def _turns(lists: Lists, seed: int, replays: int) -> tuple[list[Task], NDArray[np.uint64]]:
    """Every training task `replays` times, in another order and with other seeds each time, and the drawn ones."""
    shown, tasks = list(lists.drawn), lists.train
    seeds = [task_seeds(seed, JUDGE, shown)]
    for turn in range(replays):
        order = generator(seed, JUDGE, turn).permutation(len(tasks))
        shown += [tasks[i] for i in order]
        seeds.append(task_seeds(seed, JUDGE, tasks, turn)[order])
    return shown, np.concatenate(seeds)


def _renamed(measures: Mapping[str, float], prefix: str) -> dict[str, float]:
    return {f"{prefix}/{name.split('/')[-1]}": float(value) for name, value in measures.items()}


def _validation(fitted: FittedJudge, raw: NDArray[Any], targets: NDArray[Any], prefix: str) -> dict[str, float]:
    known = ~np.isnan(targets)
    after = calibrated(raw, fitted.calibration)
    return {
        f"{prefix}/validation_accuracy": float(((after >= 0.5) == (targets > 0.5))[known].mean()),
        f"{prefix}/validation_ece_raw": expected_calibration_error(raw[known], targets[known]),
        f"{prefix}/validation_ece": expected_calibration_error(after[known], targets[known]),
    }
