"""The conformance checks: one function each, which returns if the contract is kept, and else says in one sentence how
it is broken. `dreamctl check` and `parametrize_with_checks` run all of `CHECKS`.
"""

from __future__ import annotations

import os
import random as python_random
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from attrs import evolve, frozen
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from numpy.typing import NDArray

from .. import random
from ..errors import DreamctlError, InputError
from ..plugins import Plugin, blaming, find_environment, load
from ..records import Environment, Item, Rubric, Submission, Task, TaskSet
from ..simulation.as_env import TaskEnv
from ..simulation.open import open_simulator
from ..simulation.policy import RandomPolicy
from ..simulation.rollout import rollout
from ..simulation.simulator import Simulator, Step

ROWS, STEPS = 16, 200  # enough to meet most mistakes, and quick for a plain env
FINISHING_ROWS = 64
SEED = 0x636865636B
HEAVY = ("numba", "torch")  # what importing a plugin leaves alone; listing plugins would take seconds otherwise


@frozen
class Result:
    """What one check found. `detail` is a sentence: how the contract is broken, or why the check does not apply."""

    name: str
    status: Literal["passed", "failed", "not_applicable"]
    detail: str = ""


class BrokenContract(DreamctlError):  # noqa: N818
    """One sentence: where the contract is broken, what was expected, what came."""


class NotApplicable(DreamctlError):  # noqa: N818
    """One sentence: why a check has nothing to look at."""


def run_checks(plugin: str) -> list[Result]:
    """Run every check on the plugin of that name, or of that path if it ends in `.py`."""
    load(plugin)
    return [run_check(name, plugin) for name in CHECKS]


def run_check(name: str, plugin: str) -> Result:
    """Run one check. Whatever the plugin raises is a failure of the check, and names the line that raised it."""
    loaded = load(plugin)
    try:
        with blaming(loaded.name, but=(DreamctlError,)):
            CHECKS[name](plugin, loaded)
    except NotApplicable as reason:
        return Result(name, "not_applicable", str(reason))
    except DreamctlError as error:
        return Result(name, "failed", str(error))
    return Result(name, "passed")


# --- the checks ---------------------------------------------------------------------------------------------------


def light_import(name: str, plugin: Plugin) -> None:
    """Importing the plugin imports neither torch nor numba."""
    code = (
        "import sys; from dreamctl.plugins import load; load(sys.argv[1]); "
        "print(*(set(sys.argv[2:]) & set(sys.modules)))"
    )
    search = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code, name, *HEAVY], capture_output=True, text=True, env=search)
    heavy = done.stdout.split()
    _require(done.returncode == 0, f"{plugin.name}: a fresh process cannot load it ({done.stderr.strip()[-200:]}).")
    _require(
        not heavy,
        f"{plugin.name}: importing it imports {' and '.join(heavy)}; import that in the function that needs it.",
    )


def tasks_are_stable_unique_and_disjoint(where: str, environment: Environment) -> None:
    """`tasks()` gives the same tasks each time; keys are unique, and splits disjoint or declared as shared."""
    tasks = environment.tasks()  # a TaskSet checks its keys when it is made
    _require(isinstance(tasks, TaskSet), f"{where}: tasks() returned {type(tasks).__name__}; expected a TaskSet.")
    _require(bool(tasks.train) or tasks.sample is not None, f"{where}: there are no training tasks and no 'sample'.")
    again = environment.tasks()
    for split in ("train", "validation", "test"):
        first, second = ([task.key for task in getattr(found, split)] for found in (tasks, again))
        _require(first == second, f"{where}: calling tasks() twice gave different {split} tasks; a key is stable.")
    if tasks.sample is not None:
        one, same = (tasks.sample(np.random.default_rng(SEED)).key for _ in range(2))
        _require(one == same, f"{where}: sample(rng) gave '{one}' and '{same}' for two generators of one seed.")


def spaces_and_dtypes(where: str, environment: Environment) -> None:
    """Observations lie in the observation space; every array has its shape and dtype."""
    space = environment.observation_space
    known = (spaces.Box, spaces.Discrete, spaces.MultiDiscrete, spaces.MultiBinary)
    _require(
        isinstance(space, known),
        f"{where}: observation_space is a {type(space).__name__}; "
        "expected a Box, a MultiDiscrete, a MultiBinary or a Discrete.",
    )
    for game in _games(where, environment, ROWS):
        simulator = open_simulator(environment, ROWS)
        batch = getattr(simulator, "batch", None)
        _require(batch == ROWS, f"{where}: simulator({ROWS}).batch is {batch}; expected {ROWS}.")
        shown = _start(simulator, game)
        _in_space(game, "reset()", shown, space)
        if environment.place is not None and environment.reader is None:
            _is_place(where, environment.place(shown))
        for name, of_this_kind in environment.sights.items():
            _has(f"{where}: sights['{name}']", of_this_kind(shown), (ROWS,), np.dtype(bool))
        for t, actions in enumerate(game.actions, 1):
            step = simulator.step(actions)
            _require(isinstance(step, Step), f"{where}: step() returned {type(step).__name__}; expected a Step.")
            _in_space(game, f"step() {t}", step.observation, space)
            for name, dtype in _NUMBERS.items():
                _has(f"{where}: step() returned {name}", getattr(step, name), (ROWS,), np.dtype(dtype))
            _require(bool(np.isfinite(step.reward).all()), f"{where}: step() {t} returned a reward that is not finite.")
        simulator.close()


def same_seed_same_bytes(where: str, environment: Environment) -> None:
    """The same tasks, seeds and actions give the same bytes: in another simulator, and after a reset."""
    for game in _games(where, environment, ROWS):
        simulator = open_simulator(environment, ROWS)
        first = _play(simulator, game)
        _compare(game, ("one simulator", first), ("another", _play(open_simulator(environment, ROWS), game)))
        _compare(game, ("a first episode", first), ("the same after a reset", _play(simulator, game)))


def batch_equals_single(where: str, environment: Environment) -> None:
    """A batch of B equals B batches of one."""
    for game in _games(where, environment, ROWS):
        together = _play(open_simulator(environment, ROWS), game)
        alone = [_play(open_simulator(environment, 1), game.row(row)) for row in range(ROWS)]
        joined = {name: np.concatenate([part[name] for part in alone], 1) for name in together}
        _compare(game, (f"a batch of {ROWS}", together), ("a batch of one", joined))


def resetting_rows_leaves_others_alone(where: str, environment: Environment) -> None:
    """Resetting some rows changes nothing in the others, and starts those rows as in a fresh simulator."""
    for game in _games(where, environment, ROWS):
        half = len(game.actions) // 2
        before, after = evolve(game, actions=game.actions[:half]), evolve(game, actions=game.actions[half:])
        odd = np.arange(1, ROWS, 2)
        simulator = open_simulator(environment, ROWS)
        _play(simulator, before)
        mixed = _continue(simulator, after, _start(simulator, game, odd))
        whole = _play(open_simulator(environment, ROWS), game)
        untouched = {name: array[half:] for name, array in whole.items()}
        fresh = _play(open_simulator(environment, ROWS), after)
        for name in untouched:
            untouched[name][:, odd] = fresh[name][:, odd]
        _compare(after, ("rows left alone or fresh", untouched), ("the batch where odd rows were reset", mixed))
        first = _start(open_simulator(environment, ROWS), game, odd)
        _require(not np.any(first[::2]), f"{where}: rows that were never reset are to be zero in what reset() returns.")


def finished_row_holds_still(where: str, environment: Environment) -> None:
    """A finished row keeps its observation and its flags, and its reward is 0, until it is reset."""
    finished = False
    for game in _games(where, environment, FINISHING_ROWS):
        longer = evolve(
            game, actions=np.tile(game.actions, (2, 1))
        )  # a row may finish with the last step of an episode
        played = _play(open_simulator(environment, FINISHING_ROWS), longer)
        flags = ("terminated", "truncated", "failure")
        over = np.any([played[name] != 0 for name in flags], 0)  # [T, B]
        finished |= bool(over.any())
        held = over[:-1]
        moved = _differ(played["observation"][1:-1], played["observation"][2:])
        for name, broken in {
            "changes its observation": held & moved.any(tuple(range(2, moved.ndim))),
            "gets a reward": held & (played["reward"][1:] != 0),
            **{f"changes '{name}'": held & (played[name][1:] != played[name][:-1]) for name in flags},
        }.items():
            if broken.any():
                t, row = np.argwhere(broken)[0]
                raise BrokenContract(
                    f"{where}: row {row} {name} at step {t + 2}, after it had finished {game.at(row)}."
                )
    if not finished:
        raise NotApplicable(f"{where}: no row finished in random play, so none had to hold still.")


def returned_arrays_stay(where: str, environment: Environment) -> None:
    """Arrays that reset() and step() returned are not changed later."""
    for game in _games(where, environment, ROWS):
        simulator = open_simulator(environment, ROWS)
        returned = {"the observation of reset()": _start(simulator, game)}
        copies = {name: array.copy() for name, array in returned.items()}
        for t, actions in enumerate(game.actions, 1):
            step = simulator.step(actions)
            for name in ("observation", *_NUMBERS):
                returned[f"the {name} of step {t}"] = getattr(step, name)
                copies[f"the {name} of step {t}"] = getattr(step, name).copy()
        _start(simulator, game, np.arange(0, ROWS, 2))
        for name, array in returned.items():
            _require(not _differ(array, copies[name]).any(), f"{where}: {name} was changed after it had been returned.")


def plain_and_fast_agree(where: str, environment: Environment) -> None:
    """The plain env and the fast simulator play the same game, row by row, bit for bit."""
    if environment.env is None or environment.simulator is None:
        raise NotApplicable(f"{where}: it has {'an env' if environment.env else 'a simulator'} only.")
    for game in _games(where, environment, FINISHING_ROWS):
        plain = _play(open_simulator(environment, FINISHING_ROWS, plain=True), game)
        fast = _play(open_simulator(environment, FINISHING_ROWS), game)
        _compare(game, ("env", plain), ("simulator", fast))


def labels_never_reach_an_observation(where: str, environment: Environment) -> None:
    """Changing labels, identifiers and keys changes no byte of what is observed."""
    game = next(_games(where, environment, ROWS))
    for task in game.tasks:
        held = _held(task.params, task)
        _require(not held, f"{where}: params of task '{task.key}' hold {held}; they may only say how the world is.")
    before = _play(open_simulator(environment, ROWS), game)
    labels = [task.labels for task in game.tasks]
    kept = [dict(found) for found in labels]
    try:
        for found, old in zip(labels, kept, strict=True):
            if isinstance(found, MutableMapping):
                found.update({key: not old[key] for key in old})
        after = _play(open_simulator(environment, ROWS), game)
    finally:
        for found, old in zip(labels, kept, strict=True):
            if isinstance(found, MutableMapping):
                found.update(old)
    _compare(game, ("true labels", before), ("garbage labels", after))
    garbage = [
        evolve(t, key=f"garbage-{i}", labels={"garbage": True}, identifier=(i,)) for i, t in enumerate(game.tasks)
    ]
    true, false = (
        rollout(
            open_simulator(environment, ROWS),
            RandomPolicy(len(environment.actions)),
            tasks,
            game.seeds,
            steps=len(game.actions),
            instruction=game.instructions,
        )
        for tasks in (game.tasks, garbage)
    )
    same = not _differ(true.observation, false.observation).any()
    _require(same, f"{where}: a rollout shows other observations when keys, labels and identifiers are garbage.")


def rubric_items_are_sometimes_true(name: str, plugin: Plugin) -> None:
    """Every rubric item has a task where it is true and one where it is false."""
    if not plugin.rubrics:
        raise NotApplicable(f"{plugin.name}: it has no rubrics.")
    for rubric in plugin.rubrics.values():
        tasks = _all_tasks(_environment_of(rubric, plugin))
        for item in rubric.items:
            _is_sometimes_true(f"{plugin.name}/{rubric.name}", item, tasks)


def submissions_survive_garbage(where: str, environment: Environment) -> None:
    """`read_submissions` answers an unreadable program with a row that says why, and raises nothing unforeseen."""
    if environment.read_submissions is None:
        raise NotApplicable(f"{where}: it reads no submissions.")
    problems = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in _garbage(Path(folder)):
            try:
                for row in environment.read_submissions(path):
                    _require(isinstance(row, Submission), f"{where}: read_submissions yielded {type(row).__name__}.")
                    told = (row.task is None) == (row.problem is not None) and bool(row.id)
                    _require(
                        told, f"{where}: a submission has an id, and either a task or a problem (got {row!r:.120})."
                    )
                    problems += row.problem is not None
            except InputError:
                continue  # not a file of its kind: one sentence is an answer
            except BrokenContract:
                raise
            except Exception as error:
                raise BrokenContract(
                    f"{where}: read_submissions raised {type(error).__name__} on garbage in '{path.name}' ({error}); "
                    "expected a Submission with a problem."
                ) from error
    _require(problems > 0, f"{where}: no garbage that read_submissions was given became a Submission with a problem.")


def gymnasium_accepts_it(where: str, environment: Environment) -> None:
    """Seen as a `gymnasium.Env` it passes Gymnasium's own checker."""
    env = TaskEnv(environment)
    if env.episodes.limit == 1:
        raise NotApplicable(f"{where}: episodes of one step are more than Gymnasium's checker allows for.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # opinions on spaces; what is wrong raises
        try:
            check_env(env, skip_render_check=True, skip_close_check=True)
        except AssertionError as error:
            raise BrokenContract(f"{where}: Gymnasium's checker says: {' '.join(str(error).split())}") from error


Check = Callable[[str, Plugin], None]


def _each(check: Callable[[str, Environment], None]) -> Check:
    """The check on every environment of a plugin; it applies if it applies to one of them."""

    def check_all(name: str, plugin: Plugin) -> None:
        reasons = []
        for environment in plugin.environments.values():
            where = f"{plugin.name}/{environment.name}"
            try:
                if environment.runs_student_code and environment.simulator is None:
                    raise NotApplicable(f"{where}: it runs student code, and has no simulator that does so safely.")
                with blaming(where, but=(BrokenContract, NotApplicable)):
                    check(where, environment)
            except NotApplicable as reason:
                reasons.append(str(reason))
        if not plugin.environments:
            raise NotApplicable(f"{plugin.name}: it has no environments.")
        if len(reasons) == len(plugin.environments):
            others = f" It applies to none of the other {len(reasons) - 1} either." if len(reasons) > 1 else ""
            raise NotApplicable(reasons[0] + others)

    check_all.__doc__ = check.__doc__
    return check_all


CHECKS: dict[str, Check] = {
    "light import": light_import,
    "task keys are unique and splits disjoint": _each(tasks_are_stable_unique_and_disjoint),
    "spaces and dtypes": _each(spaces_and_dtypes),
    "same seed, same bytes": _each(same_seed_same_bytes),
    "a batch of B equals B batches of one": _each(batch_equals_single),
    "resetting some rows leaves the others alone": _each(resetting_rows_leaves_others_alone),
    "a finished row holds still": _each(finished_row_holds_still),
    "returned arrays are not changed later": _each(returned_arrays_stay),
    "plain and fast simulators agree": _each(plain_and_fast_agree),
    "labels and identifiers never reach an observation": _each(labels_never_reach_an_observation),
    "every rubric item is true of a task and false of one": rubric_items_are_sometimes_true,
    "unreadable submissions become problems": _each(submissions_survive_garbage),
    "Gymnasium's own checker accepts it": _each(gymnasium_accepts_it),
}


# --- playing ------------------------------------------------------------------------------------------------------

_NUMBERS = {"reward": np.float32, "terminated": np.bool_, "truncated": np.bool_, "failure": np.uint8}
Played = dict[str, NDArray[Any]]  # observation [T+1, B, *O], and the numbers of each step [T, B]


@frozen(eq=False, kw_only=True)
class _Game:
    """What is put into a simulator: tasks, seeds, and actions chosen beforehand."""

    where: str
    tasks: Sequence[Task]
    seeds: NDArray[np.uint64]  # [B]
    actions: NDArray[np.int64]  # [T, B]
    instructions: NDArray[Any] | None = None  # [B, *I]

    def row(self, row: int) -> _Game:
        one = slice(row, row + 1)
        return evolve(
            self,
            tasks=self.tasks[one],
            seeds=self.seeds[one],
            actions=self.actions[:, one],
            instructions=None if self.instructions is None else self.instructions[one],
        )

    def at(self, row: int) -> str:
        return f"(seed {self.seeds[row]}, task '{self.tasks[row].key}')"


def _games(where: str, environment: Environment, rows: int) -> Iterator[_Game]:
    """An exploration, and where the answer is a return, an execution: its instructions may be empty, but not None."""
    known = _all_tasks(environment, at_most=4 * rows)
    tasks = [known[(row * len(known)) // rows] if len(known) > rows else known[row % len(known)] for row in range(rows)]
    seeds = random.keys(np.full(rows, SEED, np.uint64), np.arange(rows))
    for execution in (False, True) if environment.answer == "return" else (False,):
        limit = min(STEPS, environment.execution_steps if execution else environment.exploration_steps)
        draws = random.bits(random.keys(seeds, int(execution)), np.arange(limit, dtype=np.uint64)[:, None])
        instructions = np.zeros((rows, 0)) if execution else None
        if execution and environment.instructions is not None:
            rng = np.random.default_rng(SEED)
            instructions = np.stack([environment.instructions(task.params, rng) for task in tasks])
        yield _Game(
            where=where,
            tasks=tasks,
            seeds=seeds,
            actions=random.below(draws, np.uint64(len(environment.actions))).astype(np.int64),
            instructions=instructions,
        )


def _all_tasks(environment: Environment, at_most: int = 1000) -> list[Task]:
    """Every listed task; or where there are none, as many of the endless generator's."""
    found = environment.tasks()
    listed = [*found.train, *found.validation, *found.test]
    if listed or found.sample is None:
        return listed
    rng = np.random.default_rng(SEED)
    return [found.sample(rng) for _ in range(at_most)]


def _start(simulator: Simulator, game: _Game, rows: NDArray[np.intp] | None = None) -> NDArray[Any]:
    rows = np.arange(len(game.seeds)) if rows is None else rows
    asked = None if game.instructions is None else game.instructions[rows]
    return simulator.reset([game.tasks[row].params for row in rows], game.seeds[rows], rows, asked)


def _play(simulator: Simulator, game: _Game) -> Played:
    return _continue(simulator, game, _start(simulator, game))


def _continue(simulator: Simulator, game: _Game, observation: NDArray[Any]) -> Played:
    """Step through the actions; copies of everything that came."""
    observations, steps = [observation.copy()], []
    for actions in game.actions:
        step = simulator.step(actions)
        observations.append(step.observation.copy())
        steps.append(step)
    numbers = {name: np.array([getattr(step, name) for step in steps]) for name in _NUMBERS}
    return {"observation": np.array(observations), **numbers}


# --- comparing ----------------------------------------------------------------------------------------------------


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise BrokenContract(sentence)


def _has(what: str, array: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    came = f"of shape {array.shape} and {array.dtype}" if isinstance(array, np.ndarray) else f"a {type(array).__name__}"
    fits = isinstance(array, np.ndarray) and array.shape == shape and array.dtype == dtype
    _require(fits, f"{what} {came}; expected an array of shape {shape} and {dtype}, one entry per row.")


def _is_place(where: str, there: Any) -> None:
    fits = isinstance(there, np.ndarray) and there.shape == (ROWS, 2) and np.issubdtype(there.dtype, np.integer)
    _require(fits, f"{where}: place(observations) does not give whole numbers (x, y) of shape {(ROWS, 2)}.")


def _in_space(game: _Game, call: str, observation: Any, space: spaces.Space[Any]) -> None:
    assert space.shape is not None
    assert space.dtype is not None
    shape = (len(game.seeds), *space.shape)
    _has(f"{game.where}: {call} returned an observation", observation, shape, np.dtype(space.dtype))
    for row, seen in enumerate(observation):
        if not space.contains(seen):
            raise BrokenContract(f"{game.where}: {call} shows row {row} what is not in {space}: {seen} {game.at(row)}.")


def _differ(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Where two arrays of one shape and dtype differ in any bit, NaN and minus zero included."""
    whole = f"u{a.dtype.itemsize}"
    return np.ascontiguousarray(a).view(whole) != np.ascontiguousarray(b).view(whole)


def _compare(game: _Game, a: tuple[str, Played], b: tuple[str, Played]) -> None:
    """Two ways to play the same game give the same bytes; else a sentence about the earliest step that differs."""
    (way, one), (other, two) = a, b
    earliest: tuple[int, str, NDArray[Any]] | None = None
    for name in one:
        kinds = [f"{array.dtype} of shape {array.shape[2:]}" for array in (one[name], two[name])]
        _require(kinds[0] == kinds[1], f"{game.where}: {name} is {kinds[0]} in {way} and {kinds[1]} in {other}.")
        places = np.argwhere(_differ(one[name], two[name]))
        if len(places):
            step = int(places[0][0]) + (name != "observation")
            if earliest is None or step < earliest[0]:
                earliest = step, name, places[0]
    if earliest is None:
        return
    step, name, place = earliest
    _, row, *index = (int(i) for i in place)
    part = f"{name}[{', '.join(map(str, index))}]" if index else name
    raise BrokenContract(
        f"{game.where}: row {row} differs between {way} and {other} at {f'step {step}' if step else 'reset'}: "
        f"{part} is {one[name][tuple(place)]} and {two[name][tuple(place)]} {game.at(row)}."
    )


def _held(params: Any, task: Task, depth: int = 5) -> str:
    """What `params` hold that a simulator must not see: a task, or its very labels. Empty if nothing."""
    if isinstance(params, Task):
        return "a Task"
    if params is task.labels and task.labels:
        return "its labels"
    if depth == 0 or isinstance(params, str | bytes | np.ndarray):
        return ""
    if isinstance(params, dict):
        parts = list(params.values())
    elif isinstance(params, list | tuple):
        parts = list(params[:100])
    else:
        parts = list(getattr(params, "__dict__", {}).values())
    return next((found for part in parts if (found := _held(part, task, depth - 1))), "")


# --- rubrics and submissions --------------------------------------------------------------------------------------


def _environment_of(rubric: Rubric, plugin: Plugin) -> Environment:
    owner, _, name = rubric.environment.rpartition("/")
    return find_environment(plugin if owner in ("", plugin.name) else load(owner), name)


def _is_sometimes_true(where: str, item: Item, tasks: Sequence[Task]) -> None:
    truths = {item.truth(task.labels) for task in tasks}
    for value, word in ((1.0, "true"), (0.0, "false")):
        if value not in truths:
            of = ", ".join(item.made_of)
            raise BrokenContract(f"{where}: item '{item.key}' is {word} of none of {len(tasks)} tasks (labels: {of}).")


def _garbage(folder: Path) -> Iterator[Path]:
    """Files that no reader can make a program of, then all of them in one folder."""
    noise = python_random.Random(SEED).randbytes(300)
    texts = {
        "empty.json": b"",
        "truncated.json": b'{"program": [1, 2',
        "wrong.json": b'{"garbage": true}',
        "list.json": b"[1, null, {}]",
        "lines.jsonl": b'{"id": "a"}\nnot json\n[]\n',
        "table.csv": b"garbage,columns\n1,2\n",
        "short.csv": b"",
        "noise.zip": noise,
        "noise.txt": noise,
        "program.py": b"def (:\n",
        "noise.bin": noise,
    }
    for name, content in texts.items():
        path = folder / name
        path.write_bytes(content)
        yield path
    yield folder
