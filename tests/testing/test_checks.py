"""Every conformance check passes on the template, and fails on one that is broken in the way it looks for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from gymnasium import spaces

from dreamctl import Environment, PluginError, Simulator, Step, Task, TaskSet
from dreamctl.learning.inputs import Inputs
from dreamctl.plugins import load
from dreamctl.testing import CHECKS, bandit, checks, parametrize_with_checks, run_check, run_checks, switches

INIT, PLAIN, FAST = (f"src/dreamctl_pong/{name}.py" for name in ("__init__", "env", "fast"))
READ = "def read(path):\n    for file in sorted(path.iterdir()) if path.is_dir() else [path]:\n"


@pytest.fixture
def change(pong: Path) -> Callable[..., None]:
    def replace(file: str, old: str, new: str) -> None:
        text = (pong / file).read_text()
        assert old in text
        (pong / file).write_text(text.replace(old, new))

    return replace


def test_the_template_passes_every_check_that_applies(pong: Path) -> None:
    results = run_checks("pong")
    assert [result.name for result in results] == list(CHECKS)
    assert {result.name for result in results if result.status != "passed"} == {
        "unreadable submissions become problems"
    }
    assert not [result.detail for result in results if result.status == "failed"]


@parametrize_with_checks("pong")
def test_the_parametrisation_runs_one_test_per_check(check: Callable[[], None], pong: Path) -> None:
    check()


BREAKAGES = [  # check, file, what is there, what is put there instead, what the sentence says
    ("light import", INIT, "import dreamctl\n", "import dreamctl\nimport numba\n", "importing it imports numba"),
    (
        "task keys are unique and splits disjoint",
        INIT,
        "validation=_starting_in(0)",
        "validation=_starting_in(1)",
        "'train' and 'validation' share the task 'start-1-left-0-right-0'",
    ),
    (
        "task keys are unique and splits disjoint",
        INIT,
        'key=f"start-{start}',
        'key=f"{np.random.random()}-{start}',
        "calling tasks() twice gave different train tasks",
    ),
    (
        "spaces and dtypes",
        FAST,
        ".astype(np.float32)  # [B, 5]",
        ".astype(np.float64)",
        "reset() returned an observation of shape (16, 5) and float64; expected an array of shape (16, 5) and float32",
    ),
    (
        "spaces and dtypes",
        FAST,
        "np.zeros(self.batch, np.float32)",
        "np.zeros((self.batch, 1), np.float32)",
        "step() returned reward of shape (16, 1) and float32; expected an array of shape (16,) and float32, one entry",
    ),
    (
        "spaces and dtypes",
        INIT,
        "spaces.Box(0, 1, (5,)),",
        "spaces.Box(0, 1, (5,)), place=lambda seen: seen[:, :2],",
        "place(observations) does not give whole numbers (x, y) of shape (16, 2)",
    ),
    ("spaces and dtypes", INIT, "spaces.Box(0, 1, (5,))", "spaces.Box(0, 0.5, (5,))", "what is not in Box(0.0, 0.5"),
    (
        "same seed, same bytes",
        FAST,
        "== np.arange(5))",
        "== np.random.permutation(5))",
        "differs between one simulator and another at reset",
    ),
    (
        "same seed, same bytes",
        FAST,
        "self.over[rows] = False",
        "self.over[rows], self.again = getattr(self, 'again', False), True",
        "differs between a first episode and the same after a reset at",
    ),
    (
        "a batch of B equals B batches of one",
        FAST,
        "self.cell + 2 * actions - 1",
        "self.cell + 2 * actions - 1 + (self.batch > 1)",
        "differs between a batch of 16 and a batch of one at step 1",
    ),
    (
        "resetting some rows leaves the others alone",
        FAST,
        "self.over[rows] = False",
        "self.over[:] = False",
        "differs between rows left alone or fresh and the batch where odd rows were reset",
    ),
    (
        "resetting some rows leaves the others alone",
        FAST,
        "np.full(batch, -1)",
        "np.full(batch, 0)",
        "rows that were never reset are to be zero",
    ),
    (
        "a finished row holds still",
        FAST,
        "np.where(self.over, self.cell, self.cell + 2 * actions - 1)",
        "self.cell + 2 * actions - 1",
        "changes its observation at step",
    ),
    (
        "a finished row holds still",
        FAST,
        "np.zeros(self.batch, np.float32)",
        "self.over.astype(np.float32)",
        "gets a reward at step",
    ),
    (
        "a finished row holds still",
        FAST,
        "self.over & (self.cell >= 0)",
        "(cell == 5) & self.right_open",
        "changes 'terminated' at step",
    ),
    (
        "returned arrays are not changed later",
        FAST,
        "self.over & (self.cell >= 0)",
        "self.over",
        "was changed after it had been returned",
    ),
    (
        "plain and fast simulators agree",
        FAST,
        "(cell == -1) & self.left_wraps",
        "(cell == -1) & ~self.left_wraps",
        "observation[0] is",
    ),
    (
        "every rubric item is true of a task and false of one",
        INIT,
        'key="right-open"',
        'key="right-opne"',
        "item 'right-opne' is true of none of 20 tasks (labels: right-opne)",
    ),
    (
        "every rubric item is true of a task and false of one",
        INIT,
        "(False, True))]",
        "(True,))]",
        "item 'right-open' is false of none of 10 tasks",
    ),
    (
        "every rubric item is true of a task and false of one",
        INIT,
        'environment="pong"',
        'environment="pnog"',
        "No environment named 'pnog'",
    ),
    (
        "Gymnasium's own checker accepts it",
        PLAIN,
        "np.eye(5, dtype=np.float32)[self.cell]",
        "2 * np.eye(5, dtype=np.float32)[self.cell]",
        "Gymnasium's checker says: The first element returned by `env.reset()` is not within the observation space",
    ),
]


@pytest.mark.parametrize(("check", "file", "old", "new", "sentence"), BREAKAGES)
def test_each_check_fails_on_what_it_looks_for(
    check: str, file: str, old: str, new: str, sentence: str, change: Callable[..., None]
) -> None:
    change(file, old, new)
    if "np." in new and file == INIT:
        change(file, "import dreamctl\n", "import dreamctl\nimport numpy as np\n")
    result = run_check(check, "pong")
    assert result.status == "failed"
    assert sentence in result.detail
    assert "\n" not in result.detail


def test_yes_and_no_observations_pass_the_checks_and_can_be_learned_from(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "lamps.py"
    text = example.read_text()
    assert "MultiDiscrete([2, 2])" in text
    plugin = tmp_path / "lamps.py"
    plugin.write_text(text.replace("MultiDiscrete([2, 2])", "MultiBinary(2)").replace("np.int64", "np.int8"))
    assert [result.detail for result in run_checks(str(plugin)) if result.status == "failed"] == []
    assert Inputs(load(str(plugin)).environments["lamps"]).size == 2 + 2 + 3


def test_every_check_is_shown_to_fail_by_some_test_here() -> None:
    elsewhere = {"labels and identifiers never reach an observation", "unreadable submissions become problems"}
    assert {check for check, *_ in BREAKAGES} | elsewhere == set(CHECKS)


def test_a_difference_is_told_with_row_step_place_values_seed_and_task(change: Callable[..., None]) -> None:
    change(FAST, "(cell == 5) & self.right_open", "(cell == 5) & ~self.right_open")
    detail = run_check("plain and fast simulators agree", "pong").detail
    pattern = (
        r"pong/pong: row \d+ differs between env and simulator at step \d+: "
        r"terminated is (True and False|False and True) \(seed \d+, task 'start-\d-left-[01]-right-[01]'\)\."
    )
    assert re.fullmatch(pattern, detail)


def test_what_a_plugin_raises_is_a_failure_with_its_place(change: Callable[..., None]) -> None:
    change(FAST, "def step(self, actions):\n", "def step(self, actions):\n        1 / 0\n")
    result = run_check("same seed, same bytes", "pong")
    assert (result.status, result.detail) == (
        "failed",
        "pong/pong: ZeroDivisionError: division by zero (fast.py, line 23).",
    )


def test_a_plugin_without_a_second_simulator_has_nothing_to_compare(change: Callable[..., None]) -> None:
    change(INIT, "        simulator=make_simulator,\n", "")
    result = run_check("plain and fast simulators agree", "pong")
    assert (result.status, result.detail) == ("not_applicable", "pong/pong: it has an env only.")
    assert {result.status for result in run_checks("pong")} == {"passed", "not_applicable"}


def test_a_plugin_with_nothing_to_play_has_little_to_check() -> None:
    statuses = {result.name: result.status for result in run_checks("core")}
    assert statuses.pop("light import") == "passed"
    assert set(statuses.values()) == {"not_applicable"}


def test_student_code_is_run_by_the_plugins_own_simulator(change: Callable[..., None]) -> None:
    change(INIT, "exploration_steps=10,", "exploration_steps=10,\n        runs_student_code=True,")
    assert run_check("same seed, same bytes", "pong").status == "passed"


def test_student_code_is_not_run_without_one(change: Callable[..., None]) -> None:
    change(INIT, "        simulator=make_simulator,\n", "        runs_student_code=True,\n")
    result = run_check("same seed, same bytes", "pong")
    assert result.status == "not_applicable"
    assert "no simulator that does so safely" in result.detail


def test_a_plugin_that_cannot_be_loaded_is_an_error_not_a_result() -> None:
    with pytest.raises(PluginError, match="No plugin named"):
        run_checks("nobody-has-this")


def test_small_worlds_keep_the_contract() -> None:
    for environment in (bandit(), switches()[0]):
        for check in (
            checks.spaces_and_dtypes,
            checks.same_seed_same_bytes,
            checks.batch_equals_single,
            checks.resetting_rows_leaves_others_alone,
            checks.returned_arrays_stay,
            checks.labels_never_reach_an_observation,
        ):
            check(f"test/{environment.name}", environment)
    checks.finished_row_holds_still("test/bandit", bandit())


# --- labels


class Showing(Simulator):
    """Shows `reveal(params)`, whatever happens."""

    def __init__(self, batch: int, reveal: Callable[[Any], float]) -> None:
        self.batch, self.reveal = batch, reveal
        self.params: list[Any] = [None] * batch

    def reset(self, params, seeds, rows, instructions=None):  # type: ignore[no-untyped-def]
        for row, given in zip(rows, params, strict=True):
            self.params[row] = given
        return self.seen()

    def step(self, actions):  # type: ignore[no-untyped-def]
        return Step(self.seen(), np.zeros(self.batch, np.float32), np.zeros(self.batch, bool))

    def seen(self):  # type: ignore[no-untyped-def]
        return np.array([[0.0 if p is None else self.reveal(p)] for p in self.params], np.float32)


def showing(tasks: list[Task], reveal: Callable[[Any], float]) -> Environment:
    return Environment(
        name="showing",
        observation_space=spaces.Box(0, 9, (1,)),
        actions=("a", "b"),
        exploration_steps=2,
        tasks=lambda: TaskSet(train=tasks),
        simulator=lambda batch: Showing(batch, reveal),
    )


def test_params_that_hold_a_task_or_its_labels_are_found() -> None:
    labels = {"broken": True}
    for params, held in (
        (Task(key="inner", params=1), "a Task"),
        ({"world": [1, (labels,)]}, "its labels"),
    ):
        with pytest.raises(checks.BrokenContract, match=f"params of task 't' hold {held}"):
            checks.labels_never_reach_an_observation(
                "x/y", showing([Task(key="t", params=params, labels=labels)], lambda params: 0.0)
            )


def test_labels_that_are_looked_up_behind_the_simulators_back_are_found() -> None:
    tasks = [Task(key=str(n), params=n, labels={"odd": bool(n % 2)}) for n in range(4)]
    leak = showing(tasks, lambda params: float(tasks[params].labels["odd"]))
    with pytest.raises(checks.BrokenContract, match=r"differs between true labels and garbage labels at reset"):
        checks.labels_never_reach_an_observation("x/y", leak)
    assert [task.labels for task in tasks] == [{"odd": bool(n % 2)} for n in range(4)]
    checks.labels_never_reach_an_observation("x/y", showing(tasks, lambda params: float(params % 2)))


# --- submissions


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ("yield dreamctl.Submission(id=file.name, problem=f'{file}: cannot be read')", "passed", ""),
        (
            "yield dreamctl.Submission(id=file.name, problem=str(int(file.read_text('latin-1'))))",
            "failed",
            "read_submissions raised ValueError on garbage in 'empty.json'",
        ),
        ("if False: yield", "failed", "no garbage that read_submissions was given became a Submission with a problem"),
        ("yield dreamctl.Submission(id=file.name)", "failed", "has an id, and either a task or a problem"),
        ("yield file", "failed", "read_submissions yielded PosixPath"),
        ("raise dreamctl.InputError('not mine')", "failed", "no garbage"),
    ],
)
def test_a_reader_answers_garbage_with_a_problem(
    body: str, status: str, sentence: str, change: Callable[..., None]
) -> None:
    change(INIT, '        description="', '        read_submissions=read,\n        description="')
    change(INIT, "def make_env(", f"{READ}        {body}\n\n\ndef make_env(")
    result = run_check("unreadable submissions become problems", "pong")
    assert (result.status, sentence in result.detail) == (status, True), result.detail


def test_an_environment_that_only_samples_is_checked_too() -> None:
    environment = evolve(
        switches()[0],
        tasks=lambda: TaskSet(sample=lambda rng: Task(key="t", params=tuple(rng.random(3) < 0.5))),
    )
    checks.tasks_are_stable_unique_and_disjoint("test/switches", environment)
    checks.batch_equals_single("test/switches", environment)
    count = itertools.count()
    unstable = evolve(environment, tasks=lambda: TaskSet(sample=lambda rng: Task(key=str(next(count)), params=None)))
    with pytest.raises(checks.BrokenContract, match="for two generators of one seed"):
        checks.tasks_are_stable_unique_and_disjoint("test/switches", unstable)
