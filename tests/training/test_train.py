import json
import os
import signal
import subprocess
import sys
import time

import attrs
import numpy as np
import pytest

from dreamctl import plugins
from dreamctl.errors import InputError, PluginError, RunError, UsageError
from dreamctl.learning import Learner
from dreamctl.records import Explorer
from dreamctl.runs import checkpoint
from dreamctl.runs.build import CLASSIFIER, choose, find, task_set, training_lists
from dreamctl.runs.directory import load_run, read_settings
from dreamctl.runs.measures import read_measures
from dreamctl.runs.progress import Progress
from dreamctl.simulation.policy import RandomPolicy
from dreamctl.training.train import agree, steps_for, train

QUIET = Progress(quiet=True)
SLOW = {"pause": 0.02, "classifier.pause": 0.5}


def settings(tiny, environment="lamps", classifier="regression", **rest):
    rest = {"steps": 2000, "explorer": "counting", **rest}
    return choose(tiny, environment, classifier=classifier, device="cpu", **rest)


def tensors(directory):
    return (directory / checkpoint.TENSORS).read_bytes()


@pytest.mark.parametrize(("environment", "classifier"), [("lamps", "regression"), ("lamps", "so-far"), ("doors", None)])
def test_equal_settings_end_in_equal_checkpoints(tiny, tmp_path, environment, classifier):
    chosen = settings(tiny, environment, classifier)
    for name in ("a", "b"):
        np.random.seed(len(name))  # the global state is nobody's business
        train(chosen, tmp_path / name, progress=QUIET)
    assert tensors(tmp_path / "a") == tensors(tmp_path / "b")
    train(attrs.evolve(chosen, seed=1), tmp_path / "c", progress=QUIET)
    assert tensors(tmp_path / "a") != tensors(tmp_path / "c")


@pytest.mark.parametrize(("phase", "classifier"), [("explore", "regression"), ("judge", "so-far")])
def test_a_run_that_was_killed_and_resumed_ends_in_the_bytes_of_one_that_was_not(tiny, tmp_path, phase, classifier):
    chosen = settings(tiny, classifier=classifier, options=SLOW)
    train(chosen, tmp_path / "whole", progress=QUIET)
    killed = tmp_path / "killed"
    command = f"train --plugin {tiny} --environment lamps --explorer counting --classifier {classifier} --steps 2000"
    options = [word for name, value in SLOW.items() for word in ("--set", f"{name}={value}")]
    process = subprocess.Popen(
        [sys.executable, "-m", "dreamctl", *command.split(), *options, "--out", killed, "--checkpoint-seconds", "0"],
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: reached(killed, phase), process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    state, about = checkpoint.read(killed)
    assert about["phase"] == phase
    assert 0 < state["explorer/steps"] <= 2100
    assert "explorer/replay/recent" in state
    train(read_settings(killed), killed, resume=True, progress=QUIET)
    assert tensors(killed) == tensors(tmp_path / "whole")
    assert "explorer/replay/recent" not in checkpoint.read(killed)[0]  # nobody needs it any more
    steps = [line["steps"] for line in read_measures(killed) if line["phase"] == "explore"]
    assert steps == sorted(set(steps))


def reached(directory, phase):
    try:
        about = json.loads((directory / checkpoint.VALUES).read_text())
    except OSError:
        return False
    return about["phase"] == phase and about["steps"] >= 300


def wait_for(condition, process):
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("phase", ["explore", "judge"])
def test_exploring_by_skills_on_a_belief_and_fitting_its_judge_may_be_interrupted_too(
    tiny, tmp_path, monkeypatch, phase
):
    from dreamctl.algorithms.running import RunningJudge
    from dreamctl.training import train as module

    chosen = settings(tiny, explorer="dream", classifier="running", steps=1500, batch=32, replays=1)
    train(chosen, tmp_path / "whole", progress=QUIET)
    assert "judge/settling/head.bias" in checkpoint.read(tmp_path / "whole")[0]

    calls, iterate, gather = [], module._iterate, RunningJudge.gather

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 4 if phase == "explore" else len(calls) == 2:
            raise KeyboardInterrupt
        return (iterate if phase == "explore" else gather)(*arguments)

    with monkeypatch.context() as patch:
        if phase == "explore":
            patch.setattr(module, "_iterate", interrupted)
        else:
            patch.setattr(RunningJudge, "gather", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(chosen, tmp_path / "run", progress=QUIET, checkpoint_seconds=0)
    assert checkpoint.read(tmp_path / "run")[1]["phase"] == phase
    train(chosen, tmp_path / "run", resume=True, progress=QUIET)
    assert tensors(tmp_path / "run") == tensors(tmp_path / "whole")


def test_resuming_a_finished_run_changes_nothing(trained, tiny, tmp_path):
    chosen = settings(tiny)
    train(chosen, tmp_path / "run", progress=QUIET)
    before = {p.name: p.read_bytes() for p in (tmp_path / "run").iterdir() if p.is_file() and p.suffix != ".png"}
    train(chosen, tmp_path / "run", resume=True, progress=QUIET)
    assert before == {
        p.name: p.read_bytes() for p in (tmp_path / "run").iterdir() if p.is_file() and p.suffix != ".png"
    }


def test_a_run_that_was_killed_before_its_first_checkpoint_begins_again(tiny, tmp_path):
    chosen = settings(tiny)
    train(chosen, tmp_path / "a", progress=QUIET)
    train(chosen, tmp_path / "b", progress=QUIET)
    (tmp_path / "b" / checkpoint.TENSORS).unlink()
    train(chosen, tmp_path / "b", resume=True, progress=QUIET)
    assert tensors(tmp_path / "a") == tensors(tmp_path / "b")


def test_a_directory_is_never_overwritten(tiny, tmp_path):
    chosen = settings(tiny)
    train(chosen, tmp_path / "run", progress=QUIET)
    before = tensors(tmp_path / "run")
    with pytest.raises(RunError, match="a run already, and nothing is overwritten; add --resume"):
        train(attrs.evolve(chosen, seed=1), tmp_path / "run", progress=QUIET)
    assert tensors(tmp_path / "run") == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    for resume in (False, True):
        with pytest.raises(RunError, match="something that is not a run already"):
            train(chosen, tmp_path / "mine", resume=resume, progress=QUIET)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_damaged_checkpoint_stops_a_resume_and_stays_as_it_is(tiny, tmp_path):
    chosen = settings(tiny)
    train(chosen, tmp_path / "run", progress=QUIET)
    path = tmp_path / "run" / checkpoint.TENSORS
    path.write_bytes(path.read_bytes()[:-9])
    damaged, log = path.read_bytes(), (tmp_path / "run" / "metrics.jsonl").read_bytes()
    with pytest.raises(RunError, match="truncated, damaged"):
        train(chosen, tmp_path / "run", resume=True, progress=QUIET)
    assert path.read_bytes() == damaged
    assert (tmp_path / "run" / "metrics.jsonl").read_bytes() == log


def test_an_error_in_settings_leaves_no_directory_behind(tiny, tmp_path):
    missing = settings(tiny, tasks=str(tmp_path / "missing.json"))
    with pytest.raises(InputError, match="there is no such file"):
        train(missing, tmp_path / "run", progress=QUIET)
    assert not (tmp_path / "run").exists()


def test_tasks_come_from_the_file_that_is_named_and_it_may_not_change_under_a_run(tiny, tmp_path):
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"id": n, "broken": [n % 2 == 0, n % 3 == 0]} for n in range(80)]))
    chosen = settings(tiny, tasks=str(path))
    tasks = task_set(find(chosen))
    assert len(tasks.train) + len(tasks.validation) == 80
    assert 2 <= len(tasks.validation) <= 20
    train(chosen, tmp_path / "run", progress=QUIET)
    assert len(load_run(tmp_path / "run").seen) == 80
    path.write_text(json.dumps([{"id": 0, "broken": [True, True]}]))
    with pytest.raises(RunError, match="have changed since the run began"):
        train(chosen, tmp_path / "run", resume=True, progress=QUIET)
    path.unlink()
    assert load_run(tmp_path / "run").judge is not None  # grading does not need them


def test_a_scripted_explorer_goes_straight_to_the_judge(tiny, tmp_path):
    train(settings(tiny, explorer="presser"), tmp_path / "run", progress=QUIET)
    assert {line["phase"] for line in read_measures(tmp_path / "run")} == {"judge"}
    run = load_run(tmp_path / "run")
    assert run.steps == 0
    assert set(run.controls) == {"random"}  # it would be its own control
    train(settings(tiny, explorer="random", controls=False), tmp_path / "random", progress=QUIET)
    assert load_run(tmp_path / "random").controls == {}


def test_a_judge_of_prefixes_is_handed_to_the_explorer_and_another_is_not(tiny):
    plugin = plugins.load(tiny)
    handed = []

    def build(problem):
        handed.append(problem.judge)
        return RandomPolicy(3)

    from dreamctl.runs.build import build_judge, build_player, problem

    for classifier in ("so-far", "regression"):
        parts = find(settings(tiny, classifier=classifier))
        task = problem(parts, task_set(parts))
        judge = build_judge(parts, task)
        build_player(Explorer(name="x", build=build), task, judge)
        assert handed[-1] is (judge if classifier == "so-far" else None)
    assert plugin.name == "tiny"


def test_options_reach_the_explorer_and_those_of_the_classifier_the_classifier(tiny, tmp_path):
    plain, scaled = (
        settings(tiny, explorer="presser"),
        settings(tiny, explorer="presser", options={"classifier.scale": 3}),
    )
    for name, chosen in (("plain", plain), ("scaled", scaled)):
        train(chosen, tmp_path / name, progress=QUIET)
    assert load_run(tmp_path / "scaled").judge.judge.scale == 3
    assert load_run(tmp_path / "plain").judge.judge.scale == 1


def test_minutes_become_steps_and_are_a_limit_too(tiny, tmp_path):
    chosen = settings(tiny, "doors", None, minutes=0.005)
    assert 100 < steps_for(chosen, 0.005) < 10_000_000
    summary = train(attrs.evolve(chosen, steps=10**9), tmp_path / "run", progress=QUIET)
    assert 0.3 <= summary.seconds < 5
    assert 0 < summary.steps < 10**9


def test_a_learner_is_told_when_its_budget_is_spent_be_it_in_steps_or_in_minutes(tiny, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(Learner, "finish", lambda self: told.append(self.steps))
    in_steps = settings(tiny, "doors", None)
    in_minutes = attrs.evolve(in_steps, minutes=0.005, steps=10**9)
    spent = [train(each, tmp_path / f"{n}", progress=QUIET).steps for n, each in enumerate((in_steps, in_minutes))]
    assert told == spent


def test_resuming_with_other_settings_names_the_one_that_differs(tiny, tmp_path):
    chosen = settings(tiny)
    train(chosen, tmp_path / "run", progress=QUIET)
    assert agree(chosen, tmp_path / "run") == chosen
    with pytest.raises(UsageError, match="its seed is 0, and 5 was asked for"):
        agree(attrs.evolve(chosen, seed=5), tmp_path / "run")


def test_an_environment_says_what_an_explorer_begins_with_and_what_is_given_comes_first():
    assert choose("city", "bus").steps == 3_000_000
    assert choose("city", "bus", steps=5).steps == 5
    assert choose("city", "bus", options={"epochs": 1}).options["epochs"] == 1
    assert choose("city", "bus").options["epochs"] == 4
    assert "steps" not in choose("city", "bus").options
    assert choose("city", "bus", explorer="rl2").options == {}


def test_combinations_that_do_not_fit_are_refused_with_the_reason(tiny):
    with pytest.raises(UsageError, match=r"answered by a return, so it has no use for the classifier 'so-far'"):
        settings(tiny, "doors", "so-far")
    with pytest.raises(UsageError, match="serves rubric answers, but tiny/doors asks for a return"):
        settings(tiny, "doors", None, explorer="presser")
    with pytest.raises(UsageError, match="Did you mean 'counting'"):
        settings(tiny, explorer="cuonting")
    assert choose(tiny, explorer="random").classifier == CLASSIFIER


def test_an_explorer_that_takes_no_step_is_named(tiny, tmp_path, monkeypatch):
    from dreamctl.training import train as module

    class Idle:
        steps = 0

        def iterate(self):
            return {}

    with pytest.raises(PluginError, match="'counting': iterate\\(\\) took no step"):
        module._iterate(Idle(), settings(tiny))


def test_tasks_are_drawn_where_there_are_no_lists(tiny):
    from dreamctl.records import Task, TaskSet

    tasks = TaskSet(sample=lambda rng: Task(key=str(rng.integers(10**6)), params=None))
    lists = training_lists(tasks, 0)
    train_tasks, validation = lists.train, lists.validation
    assert len(train_tasks) == 4096
    assert 400 < len(validation) <= 512
    assert not {task.key for task in train_tasks} & {task.key for task in validation}
    assert [t.key for t in training_lists(tasks, 0).train] == [t.key for t in train_tasks]
    assert [t.key for t in training_lists(tasks, 1).train] != [t.key for t in train_tasks]


def test_where_there_are_lists_and_a_generator_the_judge_learns_from_lists_and_four_times_as_many_others(tiny):
    from dreamctl.records import Task, TaskSet

    listed = [Task(key=f"listed-{n}", params=None) for n in range(20)]
    both = TaskSet(train=listed[:15], validation=listed[15:], sample=lambda rng: Task(key="drawn", params=rng.random()))
    lists = training_lists(both, 0)
    assert list(lists.train) == listed[:15]
    assert list(lists.validation) == listed[15:]
    assert [task.key for task in lists.drawn] == ["drawn"] * 60
    assert len({task.params for task in lists.drawn}) == 60
    assert [task.params for task in training_lists(both, 0).drawn] == [task.params for task in lists.drawn]
    assert training_lists(TaskSet(train=listed), 0).drawn == []
    assert training_lists(TaskSet(sample=both.sample), 0).drawn == []


def test_the_tasks_of_a_file_are_recombined_into_more_but_never_into_one_that_is_held_back(tiny, tmp_path):
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"id": n, "broken": [True, False]} for n in range(60)]))
    parts = find(settings(tiny, tasks=str(path)))
    assert task_set(parts).sample is None
    every = parts.environment.read_tasks(path)
    given = []

    def recombined(tasks):
        given.extend(tasks)
        return lambda rng: every[rng.integers(60)]

    tasks = task_set(attrs.evolve(parts, environment=attrs.evolve(parts.environment, recombined=recombined)))
    assert given == tasks.train
    rng = np.random.default_rng(0)
    drawn = {tasks.sample(rng).key for _ in range(1000)}
    assert tasks.validation
    assert drawn == {task.key for task in tasks.train}


def test_a_run_writes_what_its_directory_should_hold(trained):
    directory = trained()
    names = {path.name for path in directory.iterdir()}
    assert names >= {
        "settings.toml",
        "checkpoint.safetensors",
        "checkpoint.json",
        "metrics.jsonl",
        "tensorboard",
        "curves.png",
        "provenance.json",
    }
    assert (directory / "curves.png").read_bytes().startswith(b"\x89PNG")
    about = json.loads((directory / "provenance.json").read_text())
    assert about["environment"] == {"name": "lamps", "version": 1}
    assert about["seed"] == 0
    assert any((directory / "tensorboard").iterdir())


def test_a_task_file_with_a_key_twice_is_refused(tiny, tmp_path):
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"id": 1, "broken": [True, False]}] * 2))
    with pytest.raises(InputError, match="'lamps-1' is there 2 times"):
        train(settings(tiny, tasks=str(path)), tmp_path / "run", progress=QUIET)


def test_greedy_returns_are_measured_along_the_way_and_change_nothing(tiny, trained, tmp_path):
    lines = [line for line in read_measures(trained("doors")) if "greedy/return" in line]
    assert len(lines) >= 15
    assert lines[-1]["greedy/return"] == 1.0
    train(settings(tiny, "doors", None, steps=3000, looks=4), tmp_path / "run", progress=QUIET)
    assert sum("greedy/return" in line for line in read_measures(tmp_path / "run")) == 4
    assert tensors(tmp_path / "run") == tensors(trained("doors"))


def test_a_task_file_of_one_program_is_learned_from_whatever_its_key(tiny, tmp_path):
    path = tmp_path / "tasks.json"
    for n in range(30):  # some of these keys would be held back for validation
        path.write_text(json.dumps([{"id": n, "broken": [True, False]}]))
        tasks = task_set(find(settings(tiny, tasks=str(path))))
        assert (len(tasks.train), len(tasks.validation)) == (1, 0)
