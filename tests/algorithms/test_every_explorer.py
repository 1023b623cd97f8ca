"""What every explorer that learns a return promises: it goes on where it stopped, is told nothing, and loads."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import attrs
import numpy as np
import pytest
import torch

from dreamctl.algorithms.builtin import dreamctl_explorers
from dreamctl_hallway import hallway

LEARN = [e.name for e in dreamctl_explorers() if e.learned and "return" in e.answers]
NEW = [name for name in LEARN if name not in ("dream", "direct-max", "rl2")]
DOCS = Path(__file__).parents[2] / "docs" / "algorithms"


def flat(state):
    return {name: np.asarray(value) for name, value in state.items()}


def iterate(learner, times):
    for number in range(times):
        torch.manual_seed(number)
        measures = learner.iterate()
    return dict(measures)


@pytest.mark.parametrize("name", NEW)
def test_saved_and_restored_it_goes_on_bit_for_bit(name, made, forks):
    learner = made(name, forks)
    iterate(learner, 3)
    restored = made(name, forks, seed=0)
    restored.load(copy.deepcopy(learner.state()))
    assert restored.steps == learner.steps > 0
    np.testing.assert_equal(iterate(learner, 2), iterate(restored, 2))
    one, other = flat(learner.state()), flat(restored.state())
    assert one.keys() == other.keys()
    for key in one:
        np.testing.assert_array_equal(one[key], other[key])


@pytest.mark.parametrize("name", NEW)
def test_the_same_seed_learns_the_same_and_another_does_not(name, made, forks):
    measures = []
    for seed in (3, 3, 4):
        measures.append(iterate(made(name, forks, seed=seed), 2))
    np.testing.assert_equal(measures[0], measures[1])
    assert measures[0] != measures[2]


@pytest.mark.parametrize("name", NEW)
def test_garbage_identifiers_at_test_time_change_nothing(name, made, forks, tested):
    learner = made(name, forks)
    iterate(learner, 2)
    tasks = learner.problem.tasks.test
    garbage = [attrs.evolve(task, identifier=(99, -7), labels={}) for task in tasks]
    for one, other in zip(tested(learner, 4), tested(learner, 4, tasks=garbage), strict=True):
        np.testing.assert_array_equal(one.action, other.action)


@pytest.mark.parametrize("name", NEW)
def test_a_finished_run_loads_without_replay_and_optimiser(name, made, forks, tested):
    learner = made(name, forks)
    iterate(learner, 2)
    kept = {key: value for key, value in learner.state().items() if not {"replay", "optimiser"} & set(key.split("/"))}
    restored = made(name, forks)
    restored.load(kept)
    for one, other in zip(tested(learner, 4), tested(restored, 4), strict=True):
        np.testing.assert_array_equal(one.action, other.action)


IN_A_FRESH_PROCESS = """
import json, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from dreamctl.runs.directory import load_run
from dreamctl.runs.play import trials
from dreamctl.runs.seeding import task_seeds
found = {}
for name in sys.argv[2:]:
    run = load_run(Path(sys.argv[1], name))
    tasks = list(run.environment.tasks().test)
    played = trials(run.environment, run.player, tasks, task_seeds(0, 1, tasks), rows=len(tasks))
    found[name] = [[e.action.tolist() for e in pair] for pair in played]
print(json.dumps(found))
"""


def test_checkpoints_of_all_load_in_a_fresh_process_and_play_the_same(tmp_path):
    from dreamctl.runs.build import choose
    from dreamctl.runs.directory import load_run
    from dreamctl.runs.play import trials
    from dreamctl.runs.progress import Progress
    from dreamctl.runs.seeding import task_seeds
    from dreamctl.training.train import train

    here = {}
    for name in NEW:
        settings = choose("hallway", "n2", name, steps=600, device="cpu", options={"batch": 16})
        train(settings, tmp_path / name, progress=Progress(quiet=True))
        run = load_run(tmp_path / name)
        tasks = list(run.environment.tasks().test)
        played = trials(run.environment, run.player, tasks, task_seeds(0, 1, tasks), rows=len(tasks))
        here[name] = [[e.action.tolist() for e in pair] for pair in played]
    program = [sys.executable, "-c", IN_A_FRESH_PROCESS, str(tmp_path), *NEW]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == here


def test_rubric_answers_are_for_others():
    only = {e.name: e.answers for e in dreamctl_explorers()}
    assert all(only[name] == {"return"} for name in NEW)


@pytest.mark.parametrize("name", ["import", "metacure", "task-id"])
def test_whoever_is_told_the_task_in_training_asks_for_identifiers_in_one_sentence(name, made):
    from dreamctl import Task, TaskSet, UsageError

    nameless = attrs.evolve(
        hallway(hallways=2), tasks=lambda: TaskSet(train=[Task(key="a", params=(0, 0))], shared=True)
    )
    with pytest.raises(UsageError, match=r"embeds tasks by their identifiers.*give every Task an 'identifier'\.$"):
        made(name, nameless)


@pytest.mark.parametrize("name", LEARN)
def test_its_page_shows_the_equation_the_command_and_the_difference_from_dream(name):
    page = (DOCS / f"{name}.md").read_text("utf-8")
    assert f"--explorer {name} " in page
    assert "$$" in page
    assert "## Source" in page
    assert name == "dream" or "## Where it differs from DREAM" in page
