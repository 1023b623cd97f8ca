from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from gymnasium import spaces

import dreamctl
from dreamctl import Environment, Simulator, Step, Task, TaskSet
from dreamctl.cli import bench, doctor, plugins
from dreamctl.sandbox.attacks import suite
from dreamctl.sandbox.attacks.suite import attack


def document(command: object, *arguments: str) -> dict:
    result = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)  # type: ignore[arg-type]
    found = json.loads(result.stdout)
    assert found["schema_version"] == 1
    return found


def test_plugins_says_of_each_what_it_provides(install: Callable[..., Path]) -> None:
    install("broken", "1 / 0")
    found = {plugin["name"]: plugin for plugin in document(plugins.command)["plugins"]}
    assert "random" in found["core"]["explorers"]
    assert found["broken"]["state"] == "failed"
    assert found["broken"]["distribution"] == "dreamctl-broken"
    for plugin in found.values():
        names = {"name", "distribution", "version", "state", "environments", "rubrics", "explorers", "classifiers"}
        assert plugin.keys() == names | {"error"}


def test_doctor_says_what_there_is() -> None:
    found = document(doctor.command, "--no-attacks")
    assert found["dreamctl"] == dreamctl.__version__
    assert found["packages"]["numpy"] == np.__version__
    assert found["cores"] >= 1
    shown = CliRunner().invoke(doctor.command, ["--no-attacks"]).stdout
    assert all(name in shown for name in found if name != "schema_version")


def test_doctor_attacks_the_sandbox_and_says_how_to_get_a_better_one(monkeypatch: pytest.MonkeyPatch) -> None:
    few = ["fork", "connect", "leave", "order_the_warm_parent"]
    monkeypatch.setattr(suite, "attack", lambda box, names: attack(box, few))
    found = document(doctor.command)["sandbox"]
    if found["tier"] == "none":
        pytest.skip(found["problem"])
    assert found["holds"]
    assert {attempt["name"]: attempt["end"] for attempt in found["attacks"]} == {
        "fork": "refused",
        "connect": "refused",
        "leave": "ended",
        "order_the_warm_parent": "nothing",
    }
    assert all(attempt["contained"] for attempt in found["attacks"])
    shown = CliRunner().invoke(doctor.command, catch_exceptions=False).stdout
    assert "4 of 4 attacks contained" in shown
    assert found["way_up"] in shown


def test_doctor_refuses_with_its_own_exit_code_where_the_tier_is_not_to_be_had(
    dreamctl: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = dreamctl("doctor", "--tier", "bubblewrap", "--no-attacks", PATH="/nowhere")
    assert done.returncode == 6
    assert "bubblewrap: bubblewrap (bwrap) is not installed." in done.stderr


class Countdown(Simulator):
    """Row b ends with its step b + 1; counts the steps that its rows made, and those of them while they were alive."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.left = np.zeros(batch, int)
        self.made = self.alive = 0

    def reset(self, params, seeds, rows, instructions=None):  # type: ignore[no-untyped-def]
        self.left[rows] = rows + 1
        return np.zeros((self.batch, 1), np.float32)

    def step(self, actions):  # type: ignore[no-untyped-def]
        self.made += self.batch
        self.alive += int((self.left > 0).sum())
        self.left = np.maximum(self.left - 1, 0)
        return Step(np.zeros((self.batch, 1), np.float32), np.zeros(self.batch, np.float32), self.left == 0)


COUNTDOWN = Environment(
    name="countdown",
    observation_space=spaces.Box(0, 1, (1,)),
    actions=("a", "b"),
    exploration_steps=3,
    tasks=lambda: TaskSet(train=[Task(key="t", params=None)]),
    simulator=Countdown,
    frames_per_step=4,
)


def test_bench_counts_no_step_of_a_finished_row() -> None:
    rows, tally = bench.Rows(COUNTDOWN, batch=30), bench.Tally()
    for _ in range(50):
        rows.advance(tally)
    assert isinstance(rows.simulator, Countdown)
    assert tally.steps == rows.simulator.alive < rows.simulator.made
    assert tally.resets > 30
    assert tally.stepping > 0


def test_bench_counts_the_frames_of_a_step() -> None:
    speed = bench.measure("test/countdown", COUNTDOWN, batch=8, seconds=0.01)
    assert speed.frames_per_second == 4 * speed.steps_per_second > 0


def test_bench_prints_one_result_for_each_batch_size(tmp_path: Path) -> None:
    arguments = ["--plugin", "hallway", "--environment", "n2", "--batch", "1", "--batch", "8", "--seconds", "0.01"]
    results = document(bench.command, *arguments)["results"]
    assert [(result["environment"], result["batch"]) for result in results] == [("hallway/n2", 1), ("hallway/n2", 8)]
    assert all(result["steps_per_second"] > 0 and result["threads"] == 1 for result in results)
