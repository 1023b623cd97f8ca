"""`benchmarks/bounce.py`: what it runs, what it computes, and what the documentation makes of it."""

from __future__ import annotations

import argparse
import json
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import attrs
import numpy as np
import pytest

from dreamctl.training.measures import rubric_measures
from dreamctl_bounce.generator import tasks
from dreamctl_bounce.labels import LABELS, PUBLISHED

ROOT = Path(__file__).parents[1]
PROGRAMS = 60


@pytest.fixture(scope="module")
def bench():
    """The names that the benchmark defines."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import bounce

    yield bounce
    sys.path.remove(str(ROOT / "benchmarks"))


@pytest.fixture(scope="module")
def figures():
    return runpy.run_path(str(ROOT / "docs" / "figures.py"))


def lines_of(some):
    return [{"id": t.key, "program": t.params.to_json(), "submissions": 1 + 11 * (n % 3)} for n, t in enumerate(some)]


@pytest.fixture(scope="module")
def job(bench, tmp_path_factory):
    """A run that learns next to nothing, and its folder."""
    folder = tmp_path_factory.mktemp("benchmark")
    for name, some in (("train", tasks().train), ("validation", tasks().test)):
        bench.write_lines(folder / f"{name}.jsonl", lines_of(some[:PROGRAMS]))
    words = ["--plugin", "bounce", "--explorer", "random", "--rubric", "all", "--tasks", str(folder / "train.jsonl")]
    words += ["--steps", "1", "--replays", "1", "--no-controls", "--set", "classifier.passes=1"]
    tests = {"validation": folder / "validation.jsonl"}
    return bench.Job(name="random-0", arguments=tuple(words), tests=tests, episodes=(1,)), folder


@pytest.fixture(scope="module")
def result(bench, job):
    found = bench.do(*job)
    assert found is not None
    return found


def test_what_is_done_is_not_done_again(bench, job, result):
    before = {path: path.stat().st_mtime_ns for path in job[1].rglob("*")}
    again = bench.do(*job)
    assert {path: path.stat().st_mtime_ns for path in job[1].rglob("*")} == before
    assert again.found["validation", 1].document == result.found["validation", 1].document
    assert again.seconds == result.seconds


def test_a_run_of_other_options_is_not_taken_for_this_one(bench, job, result, capsys):
    other = attrs.evolve(job[0], arguments=(*job[0].arguments, "--seed", "1"))
    assert bench.do(other, job[1]) is None
    assert "was trained with other options" in capsys.readouterr().err


def test_figures_are_those_of_evaluate(bench, result):
    found = result.found["validation", 1]
    figures, document = bench.Figures.of([found]), found.document
    assert figures["all accuracy"]["value"] == pytest.approx(document["accuracy"])
    assert figures["all macro_f1"]["value"] == pytest.approx(document["macro_f1"])
    assert figures["all micro_f1"]["value"] == pytest.approx(document["micro_f1"])
    columns = [LABELS.index(label) for label in PUBLISHED]
    eight = rubric_measures(found.probability[:, columns], found.truth[:, columns], PUBLISHED)
    assert figures["eight macro_f1"]["value"] == pytest.approx(eight["macro_f1"])
    low, high = figures["eight accuracy"]["interval"]
    assert low < eight["accuracy"] < high


def test_the_eight_and_the_29_are_those_of_the_plugin(bench):
    assert bench.EIGHT == PUBLISHED
    assert set(bench.RARE) < set(LABELS)
    assert len(LABELS) - len(bench.RARE) == 29


def test_intervals_are_over_seeds_and_programs(bench):
    rng = np.random.default_rng(0)
    truth = (rng.random((300, 38)) < 0.3).astype(np.float32)

    def seed(wrong):
        p = np.where(rng.random(truth.shape) < wrong, 1 - truth, truth)
        return SimpleNamespace(probability=p, truth=truth, items=list(LABELS))

    steady, unsteady = (bench.Figures.of(list(map(seed, wrong))) for wrong in ((0.1, 0.1), (0.02, 0.18)))
    width = [np.diff(each["all accuracy"]["interval"])[0] for each in (steady, unsteady)]
    assert width[1] > 4 * width[0]
    assert steady.less(steady, "common macro_f1") == {"value": 0.0, "interval": [0.0, 0.0]}


def test_held_out_speeds_are_in_no_training_program_and_in_every_test_program(bench):
    train, test = lines_of(tasks().train), lines_of(tasks().test)
    found = bench.split_by_speed(train, test)
    ball, paddle = "set 'very fast' ball speed", "set 'very fast' paddle speed"
    drawn = {ball: "set 'random' ball speed", paddle: "set 'random' paddle speed"}
    for cell, unseen in {"both": (ball, paddle), "ball": (ball,), "paddle": (paddle,)}.items():
        text = json.dumps(found[f"train-{cell}"])
        assert not any(command in text or drawn[command] in text for command in unseen)
    assert len({len(found[f"train-{cell}"]) for cell in ("both", "ball", "paddle", "none")}) == 1
    assert found["test-unseen"]
    assert all(ball in str(line["program"]) and paddle in str(line["program"]) for line in found["test-unseen"])
    assert len(found["test-unseen"]) + len(found["test-others"]) == len(test)
    assert ball in json.dumps(found["train-none"])


def test_every_table_and_picture_of_the_documentation_can_be_made(bench, figures, result, tmp_path):
    alike = attrs.evolve(result, found={("validation", e): result.found["validation", 1] for e in bench.EPISODES})
    options = argparse.Namespace(seeds=2, steps=800, out=tmp_path)
    runs = {f"{name.replace('/', '-')}-{seed}": alike for name in bench.EXPLORERS for seed in range(2)}
    runs |= {f"{name}-0-one-in-{part}": alike for name in bench.LEARNED for part in bench.BUDGETS}
    cells = {("unseen", 1): alike.found["validation", 1], ("others", 1): alike.found["validation", 1]}
    runs |= {f"speeds-{cell}": attrs.evolve(alike, found=cells) for cell in ("both", "ball", "paddle", "none")}
    for part, say in bench.SAY.items():
        some = {"generated-dream-0": alike} if part in ("generated", "play-to-grade") else runs
        bench.write(options, part, say(some, options))
    for name in figures["BOUNCE"]:
        rows = [line for line in figures["table"](name, tmp_path) if line.startswith("|")]
        assert len({line.count("|") for line in rows}) <= 1, name
        assert len(rows) > 2 or name == "bounce-curves"
    explorers = json.loads((tmp_path / "bounce-explorers.json").read_text())
    assert all(not each["better"] and not each["worse"] for each in explorers["comparisons"])  # all players are alike
    (source,) = [line for line in figures["table"]("bounce", tmp_path) if "source-rules" in line]
    assert source.startswith("| source-rules (reads the program's text) |  | 1.000 |")
    import bounce_curves

    bounce_curves.draw(tmp_path, tmp_path / "images")
    drawn = {path.name for path in (tmp_path / "images").iterdir()}
    assert drawn == {f"bounce-{name}.{kind}" for name in ("episodes", "budgets", "coverage") for kind in ("png", "svg")}


def test_the_eleven_programs_are_a_correct_one_and_ten_with_a_fault_each():
    found = runpy.run_path(str(ROOT / "plugins" / "bounce" / "benchmarks" / "eleven.py"))
    from dreamctl_bounce.labels import labels
    from dreamctl_bounce.programs import Program

    faults = [[k for k, so in labels(Program.from_json(each["program"])).items() if so] for each in found["eleven"]()]
    assert faults == [[], *([fault] for fault in found["FAULTS"])]
    assert len(faults) == 11
