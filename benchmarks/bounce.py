"""How good Bounce's grades are, beside every control: all figures of the documentation, by one command.

    python benchmarks/bounce.py TRAIN.jsonl.gz VALIDATION.jsonl.gz
    python benchmarks/bounce.py TRAIN.jsonl.gz VALIDATION.jsonl.gz --quick

Every run is trained and evaluated by the command line, each in a process of its own on one thread, some side by side.
Interrupt it whenever you like: finished runs and evaluations are kept in the folder --runs and not made again. What is
measured, part by part (--parts):

    explorers      who explores best, by the same classifier, after 1, 2 and 8 episodes; three seeds
    budgets        the same with less training: the learning curves
    speeds         programs with ball and paddle speeds that training never saw
    generated      trained without any real program
    play-to-grade  the contrastive HoareLSTM, from eleven programs, and from all of them

Each part writes bounce-PART.json into --out as soon as it is complete, and the pictures are drawn anew; a part with a
run that failed is left out, and the command says so. With --quick everything stays in the folder --runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from dreamctl import __version__

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "benchmarks"), str(ROOT / "plugins" / "bounce" / "benchmarks")]

EPISODES = (1, 2, 8)
EXPLORERS = ("dream", "direct-max", "bounce/scripted", "random")
LEARNED = ("dream", "direct-max")
BUDGETS = (8, 4, 2)  # the budget divided by these
RESAMPLES, SEED = 1000, 20260101
EIGHT = (
    "whenGoal-noBallLaunch",
    "whenMiss-noOpponentScore",
    "whenGoal-illegal-incrementOpponentScore",
    "whenMove-error",
    "whenPaddle-illegal-incrementPlayerScore",
    "whenWall-illegal-incrementOpponentScore",
    "whenGoal-illegal-bounceBall",
    "whenRun-noBallLaunch",
)
RARE = {  # the nine labels of less than 1 % of all programs of the published data
    *(f"when{event}-illegal-moveLeft" for event in ("Paddle", "Wall", "Goal", "Miss")),
    *(f"when{event}-illegal-moveRight" for event in ("Run", "Paddle", "Wall", "Goal", "Miss")),
}
BALLS = ("whenGoal-noBallLaunch", "whenGoal-illegal-incrementOpponentScore", "whenWall-illegal-incrementOpponentScore")
HELD_OUT = "very fast"  # the speed that training does not see
SEEABLE = 0.02  # a label that random play finds within so much of the best F1 needs no player


# --- what is run --------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Job:
    """A run, and on which programs and after how many episodes it is evaluated."""

    name: str
    arguments: tuple[str, ...]  # of `dreamctl train`
    tests: dict[str, Path]  # name of a set of programs -> its file
    episodes: tuple[int, ...] = EPISODES


def jobs(options: argparse.Namespace) -> dict[str, list[Job]]:
    """The runs of each part that was asked for."""
    makers: dict[str, Callable[[argparse.Namespace], Iterator[Job]]] = {
        "explorers": explorers,
        "budgets": budgets,
        "speeds": speeds,
        "generated": generated,
        "play-to-grade": play_to_grade,
    }
    unknown = set(options.parts) - set(makers)
    if unknown:
        raise SystemExit(f"There is no part '{min(unknown)}'. There are: {', '.join(makers)}.")
    return {part: list(make(options)) for part, make in makers.items() if part in options.parts}


def trained(options: argparse.Namespace, explorer: str, seed: int, **changes: Any) -> tuple[str, ...]:
    """The arguments of `dreamctl train` for an explorer, on the real programs unless `tasks` says otherwise."""
    given = {"plugin": "bounce", "explorer": explorer, "rubric": "all", "tasks": options.train, "seed": seed}
    given |= {"steps": options.steps, "replays": options.replays, "device": "cpu", **changes}
    words = [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
    return (*words, "--no-controls", *options.also)


def explorers(options: argparse.Namespace) -> Iterator[Job]:
    for seed in range(options.seeds):
        for explorer in EXPLORERS:
            name = f"{explorer.replace('/', '-')}-{seed}"
            yield Job(name=name, arguments=trained(options, explorer, seed), tests={"validation": options.validation})


def budgets(options: argparse.Namespace) -> Iterator[Job]:
    for part in BUDGETS:
        for explorer in LEARNED:
            steps = max(1, options.steps // part)
            yield Job(
                name=f"{explorer}-0-one-in-{part}",
                arguments=trained(options, explorer, 0, steps=steps),
                tests={"validation": options.validation},
                episodes=(1, 8),
            )


def speeds(options: argparse.Namespace) -> Iterator[Job]:
    """One training file for each cell of the published table, all of one size, and the same tests for all of them."""
    folder = options.runs / "speeds"
    sets = split_by_speed(read_lines(options.train), read_lines(options.validation))
    for name, lines in sets.items():
        write_lines(folder / f"{name}.jsonl", lines)
    tests = {"unseen": folder / "test-unseen.jsonl", "others": folder / "test-others.jsonl"}
    for cell in ("both", "ball", "paddle", "none"):
        arguments = trained(options, "dream", 0, tasks=folder / f"train-{cell}.jsonl")
        yield Job(name=f"speeds-{cell}", arguments=arguments, tests=tests, episodes=(1, 8))


def generated(options: argparse.Namespace) -> Iterator[Job]:
    for explorer in ("dream", "bounce/scripted"):
        name = f"generated-{explorer.replace('/', '-')}-0"
        arguments = trained(options, explorer, 0, tasks=None)
        yield Job(name=name, arguments=arguments, tests={"validation": options.validation})


def play_to_grade(options: argparse.Namespace) -> Iterator[Job]:
    from eleven import eleven

    programs = options.runs / "eleven.jsonl"
    write_lines(programs, list(eleven()))
    hoare = {"classifier": "play-to-grade", "steps": max(1, options.steps // 4)}
    for name, changes in {
        "play-to-grade-eleven": {"tasks": programs, "replays": 4 if options.quick else 32},
        "play-to-grade-all": {"rubric": "published", "replays": 1},
    }.items():
        arguments = trained(options, "play-to-win", 0, **(hoare | changes))
        yield Job(name=name, arguments=arguments, tests={"validation": options.validation})


# --- programs by the speeds that they set ---------------------------------------------------------------------------

Lines = list[dict[str, Any]]


def split_by_speed(train: Lines, test: Lines, speed: str = HELD_OUT) -> dict[str, Lines]:
    """Training programs without a speed of the ball, of the paddle, of both or of neither; test programs with both.

    A program that draws a random speed may draw this one, so it counts as one that has it. The four training sets are
    drawn to be as large as the smallest of them, so that they differ in nothing but the speeds.
    """
    ball, paddle = ([sets(line, speed, part) for line in train] for part in ("ball", "paddle"))
    without = {
        "both": [not (b or p) for b, p in zip(ball, paddle, strict=True)],
        "ball": [not b for b in ball],
        "paddle": [not p for p in paddle],
        "none": [True] * len(train),
    }
    size = min(sum(kept) for kept in without.values())
    found: dict[str, Lines] = {}
    for cell, kept in without.items():
        drawn = np.random.default_rng(SEED).permutation(np.flatnonzero(kept))[:size]
        found[f"train-{cell}"] = [train[i] for i in sorted(drawn)]
    unseen = [all(sets(line, speed, part, drawn=False) for part in ("ball", "paddle")) for line in test]
    found["test-unseen"] = [line for line, so in zip(test, unseen, strict=True) if so]
    found["test-others"] = [line for line, so in zip(test, unseen, strict=True) if not so]
    return found


def sets(line: dict[str, Any], speed: str, part: str, drawn: bool = True) -> bool:
    """Whether the program of this line sets that speed of its ball or paddle, or where `drawn`, a random one."""
    wanted = {f"set '{word}' {part} speed" for word in ((speed, "random") if drawn else (speed,))}
    return any(wanted & set(commands) for commands in line["program"].values())


def read_lines(path: Path) -> Lines:
    """The programs of a file, as JSON lines have them."""
    from dreamctl_bounce.reading import read_tasks

    return [
        {
            "id": task.key,
            "program": task.params.to_json(),
            "labels": [label for label, so in task.labels.items() if so],
            "submissions": task.weight,
        }
        for task in read_tasks(path)
    ]


def write_lines(path: Path, lines: Lines) -> None:
    """Programs as JSON lines; a file that holds them already is left alone."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


# --- running --------------------------------------------------------------------------------------------------------


@frozen(eq=False)
class Found:
    """What an evaluation came to: its document, and where every probability is."""

    document: dict[str, Any]
    arrays: Path

    @cached_property
    def probability(self) -> NDArray[np.float64]:
        return np.load(self.arrays)["probability"]

    @cached_property
    def truth(self) -> NDArray[np.float64]:
        return np.load(self.arrays)["truth"]

    @cached_property
    def items(self) -> list[str]:
        return list(np.load(self.arrays)["items"])


@frozen(eq=False, kw_only=True)
class Result:
    """A job that was done."""

    job: Job
    seconds: float  # of training
    found: dict[tuple[str, int], Found] = field(factory=dict)  # (set of programs, episodes) -> evaluation


def do(job: Job, folder: Path) -> Result | None:
    """Train and evaluate, as far as that has not been done; None, with the reason printed, where it fails."""
    try:
        result = Result(job=job, seconds=train(job, folder / job.name))
        for name, path in job.tests.items():
            for episodes in job.episodes:
                result.found[name, episodes] = evaluate(folder, job.name, name, path, episodes)
    except Exception:
        print(f"{job.name} failed:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
        return None
    return result


def train(job: Job, run: Path) -> float:
    """Train into `run`, or go on where that was interrupted; the seconds that it took."""
    asked, summary = run.with_suffix(".command.json"), run.with_suffix(".trained.json")
    words = list(job.arguments)
    if asked.exists() and json.loads(asked.read_text("utf-8")) != words:
        raise ValueError(f"{run} was trained with other options; choose another --runs, or delete it.")
    if not summary.exists():
        asked.parent.mkdir(parents=True, exist_ok=True)
        asked.write_text(json.dumps(words), "utf-8")
        print(f"training {job.name}", file=sys.stderr, flush=True)
        resume = ["--resume"] if (run / "settings.toml").exists() else []
        done = dreamctl("train", *words, *resume, "--out", str(run), "--json")
        replace(summary, done)
    return float(json.loads(summary.read_text("utf-8"))["seconds"])


def evaluate(folder: Path, run: str, name: str, tasks: Path, episodes: int) -> Found:
    """Evaluate a run, unless that has been done."""
    document = folder / f"{run}.{name}-{episodes}.json"
    arrays = document.with_suffix(".npz")
    if not (document.exists() and arrays.exists()):
        print(f"evaluating {run} on {name}, {episodes} episodes", file=sys.stderr, flush=True)
        asked = ["--tasks", str(tasks), "--episodes", str(episodes), "--probabilities", str(arrays), "--json"]
        replace(document, dreamctl("evaluate", str(folder / run), *asked))
    return Found(json.loads(document.read_text("utf-8")), arrays)


def dreamctl(*arguments: str) -> str:
    """Run the command in a process of its own, on one thread; its standard output."""
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "dreamctl", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        raise RuntimeError(f"dreamctl {' '.join(arguments)}:\n{done.stderr[-2000:]}")
    return done.stdout


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)


# --- figures, over seeds and programs -------------------------------------------------------------------------------


@frozen(eq=False)
class Figures:
    """Measures of one player: the mean over its seeds, resampled over seeds and programs together.

    `values`: measure -> [1 + R] of which the first is the mean itself; `seeds`: measure -> [S].
    """

    values: dict[str, NDArray[np.float64]]
    seeds: dict[str, list[float]]

    @classmethod
    def of(cls, found: Sequence[Found]) -> Figures:
        """From one evaluation per seed, all of the same programs in the same order."""
        truth, items = found[0].truth, found[0].items
        assert all((each.truth == truth).all() for each in found)
        times = programs_drawn(len(truth))  # [1 + R, B]; the same for every player, so that differences are paired
        counts = np.stack([np.tensordot(times, cells(each.probability, truth), 1) for each in found])  # [S, 1+R, L, 4]
        by_seed = measures(counts, items)  # measure -> [S, 1 + R]
        drawn = np.random.default_rng(SEED + 1).integers(len(found), size=(times.shape[0], len(found)))
        drawn[0] = np.arange(len(found))
        at = np.arange(times.shape[0])[:, None]
        return cls(
            {name: values.T[at, drawn].mean(1) for name, values in by_seed.items()},
            {name: [float(value) for value in values[:, 0]] for name, values in by_seed.items()},
        )

    def __getitem__(self, name: str) -> dict[str, Any]:
        return {**interval(self.values[name]), "seeds": self.seeds[name]}

    def less(self, other: Figures, name: str) -> dict[str, Any]:
        """By how much this player is ahead."""
        return interval(self.values[name] - other.values[name])


def interval(values: NDArray[np.float64]) -> dict[str, Any]:
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return {"value": float(values[0]), "interval": [float(low), float(high)]}


def programs_drawn(programs: int) -> NDArray[np.float64]:
    """How often each program counts: once, and then as drawn anew with replacement. [1 + R, B]"""
    drawn = np.random.default_rng(SEED).multinomial(programs, np.full(programs, 1 / programs), RESAMPLES)
    return np.concatenate([np.ones((1, programs)), drawn])


def cells(probability: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """(true positive, false positive, false negative, true negative) of every verdict: [B, L, 4]."""
    said, so = probability >= 0.5, truth > 0.5
    return np.stack([said & so, said & ~so, ~said & so, ~said & ~so], -1).astype(np.float64)


def measures(counts: NDArray[np.float64], items: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """From counts [..., L, 4]: the headline figures, and the F1 of each label."""
    columns = {name: [items.index(item) for item in chosen if item in items] for name, chosen in chosen_labels(items)}
    found = {}
    for name, at in columns.items():
        tp, fp, fn, tn = np.moveaxis(counts[..., at, :], -1, 0)
        f1 = ratio(2 * tp, 2 * tp + fp + fn)
        found[f"{name} accuracy"] = ((tp + tn) / (tp + fp + fn + tn)).mean(-1)
        found[f"{name} macro_f1"] = f1.mean(-1)
        sums = [each.sum(-1) for each in (tp, fp, fn)]
        found[f"{name} micro_f1"] = ratio(2 * sums[0], 2 * sums[0] + sums[1] + sums[2])
        found[f"{name} precision"] = ratio(sums[0], sums[0] + sums[1])
        found[f"{name} recall"] = ratio(sums[0], sums[0] + sums[2])
    tp, fp, fn, _ = np.moveaxis(counts, -1, 0)
    each = ratio(2 * tp, 2 * tp + fp + fn)
    return found | {item: each[..., i] for i, item in enumerate(items)}


def chosen_labels(items: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The sets of labels that figures are about: the published eight, all, and those that are not rare."""
    return [("eight", list(EIGHT)), ("all", list(items)), ("common", [item for item in items if item not in RARE])]


def ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(top, bottom, out=np.zeros_like(bottom), where=bottom > 0)


# --- what each part says ---------------------------------------------------------------------------------------------

HEADLINES = tuple(
    f"{labels} {measure}"
    for labels in ("eight", "all", "common")
    for measure in ("accuracy", "macro_f1", "micro_f1", "precision", "recall")
)


def row(name: str, results: Sequence[Result], test: str, episodes: int) -> dict[str, Any]:
    """A line of a table: one player, all its seeds."""
    found = [result.found[test, episodes] for result in results]
    documents = [each.document for each in found]
    figures = Figures.of(found)
    return {
        "name": name,
        "episodes": episodes,
        "command": " ".join(["dreamctl", "train", *published(results[0].job.arguments)]),
        "training_seconds": [round(result.seconds) for result in results],
        "programs": documents[0]["programs"],
        **{headline: figures[headline] for headline in HEADLINES},
        "labels": {item: figures[item] for item in found[0].items},
        **{measure: [document[measure] for document in documents] for measure in ("exact", "certain", "ece")},
        "broken": [document["broken"] for document in documents],
        "by_submission": [document["by_submission"] for document in documents],
        "coverage": documents[0]["coverage"],
        "groups": {
            respect: {part: group(each) for part, each in parts.items()}
            for respect, parts in documents[0]["groups"].items()
        },
        "exploration_steps": documents[0]["exploration_steps"],
    }


def published(arguments: Sequence[str]) -> list[str]:
    """Arguments as anyone would write them: files by their names alone."""
    return [Path(word).name if "/" in word and Path(word).exists() else word for word in arguments]


def group(measured: dict[str, Any]) -> dict[str, Any]:
    """One part of the programs; `balls` is the accuracy on the labels that many balls are known to hurt."""
    labels = measured["labels"]
    hurt = [labels[label]["accuracy"] for label in BALLS if label in labels]
    kept = {name: measured[name] for name in ("programs", "accuracy", "micro_f1", "certain", "ece", "broken")}
    return {**kept, "balls": float(np.mean(hurt)) if hurt else None}


def say_explorers(results: dict[str, Result], options: argparse.Namespace) -> dict[str, Any]:
    by_player = {
        explorer: [results[f"{explorer.replace('/', '-')}-{seed}"] for seed in range(options.seeds)]
        for explorer in EXPLORERS
    }
    test = "validation"
    figures = {
        (explorer, episodes): Figures.of([result.found[test, episodes] for result in of])
        for explorer, of in by_player.items()
        for episodes in EPISODES
    }
    controls = by_player["dream"][0].found[test, EPISODES[-1]].document["controls"]
    return {
        "seeds": options.seeds,
        "steps": options.steps,
        "rows": [row(name, of, test, episodes) for name, of in by_player.items() for episodes in EPISODES],
        "controls": {name: subset(measured) for name, measured in controls.items()},
        "comparisons": [
            compared("dream", other, episodes, figures) for other in EXPLORERS[1:] for episodes in EPISODES
        ],
    }


def subset(measured: dict[str, Any]) -> dict[str, Any]:
    """A control's figures, for the same sets of labels."""
    labels = measured["labels"]
    found: dict[str, Any] = {
        f"{name} {measure}": float(np.mean([labels[item][of] for item in chosen]))
        for name, chosen in chosen_labels(list(labels))
        for measure, of in (("accuracy", "accuracy"), ("macro_f1", "f1"))
    }
    kept = ("micro_f1", "exact", "certain", "ece", "broken")
    return found | {name: measured[name] for name in kept} | {"reads_source": measured.get("reads_source", False)}


def compared(one: str, other: str, episodes: int, figures: dict[tuple[str, int], Figures]) -> dict[str, Any]:
    """One player against another: headlines, and on how many of the common labels it is better or worse."""
    a, b, chance = (figures[player, episodes] for player in (one, other, "random"))
    labels = dict(chosen_labels([name for name in a.values if name.startswith("when")]))["common"]
    ahead = {label: a.less(b, label) for label in labels}
    best = {label: max(float(each.values[label][0]) for each in figures.values()) for label in labels}
    played = [label for label in labels if best[label] - float(chance.values[label][0]) > SEEABLE]
    return {
        "one": one,
        "other": other,
        "episodes": episodes,
        **{name: a.less(b, name) for name in HEADLINES if name.endswith(("accuracy", "_f1"))},
        "labels": ahead,
        "better": [label for label, each in ahead.items() if each["interval"][0] > 0],
        "worse": [label for label, each in ahead.items() if each["interval"][1] < 0],
        "need_play": played,
    }


def say_budgets(results: dict[str, Result], options: argparse.Namespace) -> dict[str, Any]:
    rows = []
    for explorer in LEARNED:
        for part in BUDGETS:
            result = results[f"{explorer}-0-one-in-{part}"]
            of = [row(explorer, [result], "validation", episodes) for episodes in (1, 8)]
            rows += [{"steps": max(1, options.steps // part), **each} for each in of]
    return {"rows": rows}


def say_speeds(results: dict[str, Result], options: argparse.Namespace) -> dict[str, Any]:
    rows = []
    for cell in ("both", "ball", "paddle", "none"):
        result = results[f"speeds-{cell}"]
        rows += [{"test": test, **row(cell, [result], test, episodes)} for test, episodes in result.found]
    return {"speed": HELD_OUT, "rows": rows}


def say_plain(results: dict[str, Result], options: argparse.Namespace) -> dict[str, Any]:
    return {
        "rows": [
            row(name, [result], test, episodes) for name, result in results.items() for test, episodes in result.found
        ]
    }


SAY: dict[str, Callable[[dict[str, Result], argparse.Namespace], dict[str, Any]]] = {
    "explorers": say_explorers,
    "budgets": say_budgets,
    "speeds": say_speeds,
    "generated": say_plain,
    "play-to-grade": say_plain,
}


# --- the command --------------------------------------------------------------------------------------------------


def main() -> None:
    """Run what is missing, and write the figures of every part that is complete."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, help="Real programs to train on.")
    parser.add_argument("validation", type=Path, help="Other real programs to measure on.")
    parser.add_argument("--parts", type=lambda text: text.split(","), default=list(SAY), metavar="A,B,...")
    parser.add_argument("--steps", type=int, default=10_000_000, help="Agent steps of every explorer that learns.")
    parser.add_argument("--replays", type=int, default=2, help="Explorations of each program for the classifier.")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, help="[default: runs/bounce-benchmark, with --quick runs/bounce-quick]")
    parser.add_argument("--out", type=Path, help="[default: docs/results]")
    parser.add_argument("--images", type=Path, help="[default: docs/images]")
    parser.add_argument("--at-once", type=int, default=2, help="Runs side by side, one thread each.")
    parser.add_argument("--quick", action="store_true", help="A rehearsal: few steps, one seed, few programs.")
    parser.add_argument("--also", action="append", default=[], metavar="OPTION", help="One more word for every train.")
    options = parser.parse_args()
    options.runs = options.runs or Path("runs/bounce-quick" if options.quick else "runs/bounce-benchmark")
    options.out = options.out or (options.runs if options.quick else ROOT / "docs") / "results"
    options.images = options.images or (options.runs if options.quick else ROOT / "docs") / "images"
    if options.quick:
        shorten(options)
    if failed := measure(jobs(options), options):
        raise SystemExit(f"Not written, since a run failed: {', '.join(f'bounce-{part}.json' for part in failed)}.")


def measure(parts: dict[str, list[Job]], options: argparse.Namespace) -> list[str]:
    """Do all jobs, some side by side, and write what a part came to when its last one is done; parts that failed."""
    from bounce_curves import draw

    failed = []
    pool = ThreadPoolExecutor(options.at_once)
    try:
        doing = {part: [pool.submit(do, job, options.runs) for job in of] for part, of in parts.items()}
        for part, of in doing.items():
            results = [future.result() for future in of]
            done = {result.job.name: result for result in results if result is not None}
            if len(done) < len(results):
                failed.append(part)
                continue
            write(options, part, SAY[part](done, options))
            draw(options.out, options.images)
    finally:
        pool.shutdown(cancel_futures=True)
    return failed


def shorten(options: argparse.Namespace) -> None:
    """Everything there is to do, in a few minutes; its figures mean nothing."""
    options.steps, options.seeds, options.replays = min(options.steps, 200_000), 1, 1
    folder = options.runs
    for name, size in (("train", 400), ("validation", 200)):
        lines = read_lines(getattr(options, name))[:size]
        write_lines(folder / f"quick-{name}.jsonl", lines)
        setattr(options, name, folder / f"quick-{name}.jsonl")


def write(options: argparse.Namespace, part: str, found: dict[str, Any]) -> None:
    """One JSON document, with where it was measured."""
    given = " ".join(Path(word).name if Path(word).exists() else word for word in sys.argv[1:])
    about = {
        "schema_version": 1,
        "dreamctl": __version__,
        "commit": commit(),
        "python": platform.python_version(),
        "processor": processor(),
        "command": f"python benchmarks/bounce.py {given}",
    }
    options.out.mkdir(parents=True, exist_ok=True)
    replace(options.out / f"bounce-{part}.json", json.dumps({**about, **found}, indent=1) + "\n")


def commit() -> str | None:
    """The commit that was measured, where this is a repository."""
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None


def processor() -> str:
    """What kind of processor this is, where that can be known."""
    from curves import processor as found

    return str(found())


if __name__ == "__main__":
    main()
