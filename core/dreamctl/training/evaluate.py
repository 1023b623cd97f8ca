"""Measuring a run on held-out tasks, from its directory alone, beside its controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from .. import plugins
from ..errors import DreamctlError, InputError, RunError, UsageError
from ..records import Rubric, Task, TaskSet
from ..runs.build import build_judge, build_player, draw, problem, read_tasks, task_set
from ..runs.columns import Columns, columns_of
from ..runs.directory import EVALUATION, Run, load_run, write_json
from ..runs.inspecting import inspections, overruled
from ..runs.judging import FittedJudge, any_of, any_target, uncalibrated
from ..runs.machine import on_threads
from ..runs.play import Player, Scripted
from ..runs.play import trials as played_trials
from ..runs.provenance import file_digest
from ..runs.seeding import BOOTSTRAP, EVALUATE, generator, task_seeds, text_hash
from ..simulation.policy import Policy, RandomPolicy
from .measures import bootstrap, broken_measures, coverage, mean_interval, rubric_measures

SCHEMA = 1
EXACT = ("posterior", "told")  # controls of returns, where tasks can be enumerated
ABSENT = np.float32(0.49999)  # the most that is still not present
COMMON = 0.01  # `common` measures leave out items that are rarer than this in training programs
TRIALS = 1024  # of a return answer, where nothing is said: a mean over fewer would be mostly noise


def evaluate(
    directory: Path,
    *,
    tasks: str | None = None,
    trials: int | None = None,
    episodes: int | None = None,
    seed: int | None = None,
    device: str | None = None,
    rubric: str | None = None,
    probabilities: Path | None = None,
    returns: Path | None = None,
) -> dict[str, Any]:
    """Measure a run; returns the document that is also written as `evaluation.json`.

    The tasks are those of the file `tasks`, else the environment's test tasks. `trials` is the number of trials: tasks
    are repeated, or left out, to make it so; by default every task once, and for returns at least 1,024 trials.
    `episodes` is how many exploration episodes a trial has, where it is not to be the environment's number.
    `rubric` names another rubric than the run's, or a TOML file, made from what its judge tells.
    `probabilities` names an .npz file to write what a rubric answer's measures are computed from: `programs` and
    `weights` [B], `items` [L], `probability` and `truth` [B, L]. `returns` does for a return answer: `tasks` [B] the
    keys of the trials' tasks, and `returns` [B].
    """
    run = load_run(directory, device=device)
    if episodes is not None:
        run = evolve(run, parts=evolve(run.parts, environment=evolve(run.environment, exploration_episodes=episodes)))
    if not run.finished:
        raise RunError(f"{directory}: its training has not ended; continue it with `dreamctl train --resume` first.")
    columns = _columns(run, rubric)
    with on_threads(run.settings.threads, run.parts.settings.device):
        held_out = _held_out(run, tasks, trials)
        count = trials or (len(held_out) if run.judge is not None else max(len(held_out), TRIALS))
        turns, shown = _cycled(held_out, count)
        seed = run.settings.seed if seed is None else seed
        seeds = _seeds(seed, shown, turns)
        if run.judge is None:
            measured = _returns(run, shown, seeds, seed, returns)
        else:
            measured = _rubric(run, columns, shown, seeds, seed, probabilities)
    document = {
        "schema_version": SCHEMA,
        "answer": run.environment.answer,
        **measured,
        "trials": count,
        "exploration_episodes": run.environment.exploration_episodes,
        "seen_in_training": _seen(run, shown),
        "provenance": {
            "run": str(directory),
            "explorer": run.parts.explorer.name,
            "classifier": run.parts.classifier.name if run.parts.classifier else None,
            "plugin": run.parts.plugin.name,
            "plugin_version": run.parts.plugin.version,
            "environment": run.environment.name,
            "environment_version": run.environment.version,
            "rubric": columns.rubric.name if columns else None,
            "steps": run.steps,
            "seed": seed,
            "tasks": {tasks: file_digest(Path(tasks))} if tasks else None,
        },
    }
    document = finite(document)
    with suppress(OSError):  # weights that ship in a plugin may lie where nobody writes
        write_json(directory / EVALUATION, document)
    return document


def finite(value: Any) -> Any:
    """The same document with null in place of NaN, which JSON does not have."""
    if isinstance(value, Mapping):
        return {key: finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


# --- tasks --------------------------------------------------------------------------------------------------------


def _held_out(run: Run, path: str | None, trials: int | None) -> Sequence[Task]:
    if path is not None:
        return read_tasks(run.environment, path)
    tasks = run.environment.tasks()
    if tasks.test:
        return tasks.test
    if tasks.sample is not None:
        return draw(tasks, trials or TRIALS, run.settings.seed, EVALUATE)
    raise UsageError(
        f"{run.parts.plugin.name}/{run.environment.name} has no test tasks of its own; give some with --tasks FILE."
    )


def _cycled(tasks: Sequence[Task], count: int) -> tuple[NDArray[np.intp], list[Task]]:
    """`count` tasks, from the first on and round again; and for each how often it has come before."""
    index = np.arange(count)
    return index // len(tasks), [tasks[int(i)] for i in index % len(tasks)]


def _seeds(seed: int, tasks: list[Task], turns: NDArray[np.intp]) -> NDArray[np.uint64]:
    shards = [np.flatnonzero(turns == turn) for turn in range(int(turns[-1]) + 1)]
    return np.concatenate([task_seeds(seed, EVALUATE, [tasks[i] for i in rows], t) for t, rows in enumerate(shards)])


def _seen(run: Run, tasks: list[Task]) -> int:
    """How many of the tasks the run was trained on, which makes its figures too good."""
    hashes = np.array([text_hash(key) for key in {task.key for task in tasks}], np.uint64)
    return int(np.isin(hashes, run.seen).sum())


# --- return answers -----------------------------------------------------------------------------------------------


def _returns(
    run: Run, tasks: list[Task], seeds: NDArray[np.uint64], seed: int, path: Path | None = None
) -> dict[str, Any]:
    environment, told = run.environment, run.parts.explorer.told

    def play(player: Player, told: bool, shuffle: bool = False) -> tuple[NDArray[np.float64], float]:
        shards = [
            (execution.returns, exploration.mask.sum(1))
            for exploration, execution in played_trials(environment, player, tasks, seeds, told=told, shuffle=shuffle)
        ]
        returns, steps = (np.concatenate(column) for column in zip(*shards, strict=True))
        return returns, float(steps.mean())

    returns, exploration_steps = play(run.player, told)
    if path is not None:
        _write_arrays(path, tasks=np.array([task.key for task in tasks]), returns=returns)
    controls = {"random": Scripted(RandomPolicy(len(environment.actions)))}
    means = {name: float(play(player, False)[0].mean()) for name, player in controls.items()}
    means["shuffled"] = float(play(run.player, told, shuffle=True)[0].mean())
    for name in EXACT:
        try:
            means[name] = float(play(_exact(run, name), name == "told")[0].mean())
        except DreamctlError:  # the explorer is missing, or these tasks are more than it can enumerate
            continue
    measured = evolve(environment.tasks(), test=_distinct(tasks), shared=True)
    for name in ("uninformed", "optimum"):
        computed = getattr(environment, name)
        if computed is not None and (value := computed(measured)) is not None:
            means[name] = float(value)
    return {
        "mean_return": float(returns.mean()),
        "stderr": float(returns.std(ddof=1) / np.sqrt(len(returns))) if len(returns) > 1 else float("nan"),
        "interval": mean_interval(returns, generator(seed, BOOTSTRAP)),
        "tasks": len(_distinct(tasks)),
        "exploration_steps": exploration_steps,
        "controls": means,
    }


def _exact(run: Run, name: str) -> Player:
    """A player that computes rather than learns, on the environment's own tasks."""
    explorer = plugins.find_explorer(f"core/{name}", run.parts.plugin, run.environment)
    tasks = task_set(evolve(run.parts, settings=evolve(run.settings, tasks=None)))
    return build_player(explorer, problem(run.parts, tasks))


def _distinct(tasks: list[Task]) -> list[Task]:
    return list({task.key: task for task in tasks}.values())


# --- rubric answers -----------------------------------------------------------------------------------------------


def _columns(run: Run, name: str | None) -> Columns | None:
    """How the run's judge tells the rubric that is asked for, its own by default; None for return answers."""
    if run.rubric is None:
        if name is not None:
            raise UsageError(f"{run.directory}: it is answered by returns, so it has no use for the rubric '{name}'.")
        return None
    rubric = plugins.find_rubric(name, run.parts.plugin, run.environment) if name is not None else run.rubric
    return columns_of(rubric, run.rubric)


def _rubric(
    run: Run,
    columns: Columns | None,
    tasks: list[Task],
    seeds: NDArray[np.uint64],
    seed: int,
    path: Path | None = None,
) -> dict[str, Any]:
    assert columns is not None
    assert run.judge is not None
    assert run.rubric is not None
    rubric, judged_rubric, looked = columns.rubric, run.rubric, inspections(run.environment, tasks)
    keys, targets = rubric.keys, _standing(rubric, rubric.targets(tasks))
    weights = np.array([task.weight for task in tasks])
    readers = _source_readers(run)

    def judged(policy: Policy, *judges: FittedJudge, told: bool = False) -> tuple[list[NDArray[np.float64]], float]:
        """What each judge makes of the explorations of one player, and how many steps one took in the mean.

        The first says when it has seen enough.
        """
        steps, parts = 0, []
        for episodes in judges[0].explorations(run.environment, policy, tasks, seeds, told=told):
            steps += episodes.steps
            parts.append([judge.probabilities(episodes) for judge in judges])
        found = (overruled(np.concatenate(each), looked, judged_rubric) for each in zip(*parts, strict=True))
        return [_standing(rubric, columns.probabilities(p)) for p in found], steps / len(tasks)

    told = run.parts.explorer.told
    (probability, *read), steps = judged(run.player.explorer(), run.judge, *readers.values(), told=told)
    if path is not None:
        _write_probabilities(path, tasks, keys, probability, targets)
    prevalence = columns.probabilities(run.prevalence[None])[0]  # [L]
    common = np.flatnonzero(prevalence >= COMMON)
    rng = generator(seed, BOOTSTRAP)

    def measured(p: NDArray[Any], judge: FittedJudge, rows: NDArray[Any] | slice = slice(None)) -> dict[str, Any]:
        """Everything that is said about the answers `p` [B, L] to the tasks that `rows` picks."""
        p, y = p[rows], targets[rows]
        some = p[:, common], y[:, common]
        # The probability that anything is wrong was calibrated on the run's own items.
        broken = judge.broken(p) if rubric == run.rubric else any_of(p)
        return {
            **rubric_measures(p, y, keys),
            "intervals": bootstrap(p, y, rng),
            "common": {
                "items": len(common),
                **_without_labels(rubric_measures(*some, [keys[i] for i in common])),
                "intervals": bootstrap(*some, rng),
            },
            "broken": broken_measures(broken, any_target(y), rng),
        }

    # What a judge that never looks would say: the share of training programs in which each item is present.
    controls = {"constant": measured(np.broadcast_to(prevalence, targets.shape), run.judge)}
    for name, (_, player, judge) in run.controls.items():
        (p,), taken = judged(player.explorer(), judge)
        controls[name] = {**measured(p, judge), "exploration_steps": taken}
    for (name, judge), p in zip(readers.items(), read, strict=True):
        controls[name] = {"reads_source": True, **measured(p, judge)}
    return {
        "programs": len(_distinct(tasks)),
        **measured(probability, run.judge),
        "by_submission": _without_labels(rubric_measures(probability, targets, keys, weights)),
        "coverage": [{"share": share, "accuracy": right} for share, right in coverage(probability, targets)],
        "groups": {
            respect: {
                part: {"programs": int(rows.sum()), **measured(probability, run.judge, rows)}
                for part, rows in parts.items()
            }
            for respect, parts in _parts(tasks).items()
        },
        "exploration_steps": steps,
        "controls": controls,
    }


def _standing(rubric: Rubric, probability: NDArray[Any]) -> NDArray[Any]:
    """Probabilities, or truths, [B, L] as the rubric tells them: what excludes each other adds up to 1 at most.

    An item is at most as probable as the absence of any present one that excludes it. Unknown stays unknown.
    """
    if not rubric.exclusions.any():
        return probability
    stands = rubric.stand(probability >= 0.5, probability)
    most = np.where(stands[:, :, None] & rubric.exclusions, probability[:, :, None], 0).max(1)  # [B, L]
    return np.where(most > 0, np.minimum(probability, np.minimum(1 - most, ABSENT)), probability)


def _parts(tasks: list[Task]) -> dict[str, dict[str, NDArray[np.bool_]]]:
    """In every respect in which the tasks have parts: which of them [B] belong to each part."""
    found: dict[str, dict[str, NDArray[np.bool_]]] = {}
    for respect in sorted({respect for task in tasks for respect in task.groups}):
        part_of = [task.groups.get(respect) for task in tasks]
        parts = sorted({part for part in part_of if part is not None})
        found[respect] = {part: np.array([each == part for each in part_of]) for part in parts}
    return found


def _write_probabilities(
    path: Path, tasks: list[Task], keys: Sequence[str], probability: NDArray[Any], targets: NDArray[Any]
) -> None:
    names, weights = np.array([task.key for task in tasks]), np.array([task.weight for task in tasks])
    _write_arrays(path, programs=names, weights=weights, items=np.array(keys), probability=probability, truth=targets)


def _write_arrays(path: Path, **arrays: NDArray[Any]) -> None:
    try:
        with path.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
    except OSError as error:
        raise InputError(f"{path}: it cannot be written ({error.strerror}).") from error


def _source_readers(run: Run) -> dict[str, FittedJudge]:
    """The plugin's controls that read the program's text, by name; without the run's own classifier."""
    assert run.rubric is not None
    found = {}
    for name, classifier in run.parts.plugin.classifiers.items():
        fits = plugins.is_for(classifier, run.parts.plugin, run.environment)
        if classifier.reads_source and fits and classifier != run.parts.classifier:
            judge = build_judge(evolve(run.parts, classifier=classifier), problem(run.parts, TaskSet()))
            assert judge is not None
            found[name] = uncalibrated(judge, len(run.rubric.items), reads_source=True)
    return found


def _without_labels(measures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in measures.items() if name != "labels"}
