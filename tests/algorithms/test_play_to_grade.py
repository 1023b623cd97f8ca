"""Play to Grade: the contrastive HoareLSTM, and the player that goes with it."""

import copy

import attrs
import numpy as np
import pytest
import torch

from dreamctl import Item, Problem, RandomPolicy, Rubric, Task, TaskSet, UsageError
from dreamctl.algorithms.play_to_grade import PlayToGrade, _kinds, _needed, single_episodes
from dreamctl.algorithms.play_to_win import PlayToWin
from dreamctl.learning import Inputs, Trials
from dreamctl.testing import bandit, switches

SWITCHES = 2


def problem(**changes):
    environment, rubric = switches(SWITCHES)
    options = {"classifier.updates": 150, "classifier.hidden": 16, "classifier.learning_rate": 1e-2}
    given = {"environment": environment, "rubric": rubric, "tasks": environment.tasks(), "options": options}
    return Problem(**{**given, **changes})


def explored(given, number, rows=128):
    trials = Trials(given, rows)
    return trials.explore(RandomPolicy(SWITCHES), *trials.draw(number))


@pytest.fixture(scope="module")
def judge():
    given = problem()
    judge = PlayToGrade(given)
    for number in range(2):
        episodes = explored(given, number)
        judge.learn(episodes.without_tasks(), given.rubric.targets(episodes.tasks))
    judge.finish()
    return judge


def test_it_says_which_switches_are_broken_of_those_that_were_pressed(judge):
    episodes = explored(judge.problem, 9, rows=256)
    truth = judge.problem.rubric.targets(episodes.tasks)
    pressed = (episodes.action[..., None] == np.arange(SWITCHES)).any(1)  # [B, switches]
    everything = pressed.all(1)
    said = judge.predict(episodes.without_tasks()) >= 0.5
    assert everything.sum() > 50
    assert (said == (truth > 0.5))[everything].mean() > 0.95
    assert (said.any(1) == truth.any(1))[everything].mean() > 0.95


def test_a_judge_that_takes_over_its_state_says_the_same(judge):
    other = PlayToGrade(problem(seed=5))
    other.load(judge.state())
    episodes = explored(judge.problem, 9)
    np.testing.assert_array_equal(other.predict(episodes), judge.predict(episodes))
    assert other.needed == judge.needed


def test_episodes_are_taken_apart_without_losing_a_step():
    given = problem(environment=attrs.evolve(problem().environment, exploration_episodes=2))
    episodes = explored(given, 0, rows=8)
    apart = single_episodes(given.environment, episodes)
    assert apart.state.shape == (8, 2, SWITCHES + 1, 2)
    assert apart.mask.sum() == episodes.mask.sum()
    for row in range(8):
        for number in range(2):
            here = episodes.episode[row] == number
            seen = Inputs(given.environment).of_episodes(episodes)[row, torch.from_numpy(here), :2]
            torch.testing.assert_close(apart.state[row, number], seen)
            taken = episodes.action[row, here[1:] & episodes.mask[row]]
            assert apart.action[row, number].tolist() == taken.tolist()


def test_the_commonest_sets_of_faults_are_modelled():
    targets = np.array([[0, 0], [1, 0], [1, 1], [1, 0], [0, 1], [0, 1], [0, 1], [np.nan, 1]], np.float32)
    np.testing.assert_array_equal(_kinds(targets, 2), [[0, 0], [0, 1], [1, 0]])


def test_as_many_votes_are_needed_as_tell_the_correct_program_from_broken_ones():
    assert _needed(np.array([0, 1, 1]), np.array([2, 3, 1, 4]), 5) == 2
    assert _needed(np.array([3, 3]), np.array([5, 5]), 5) == 4


def test_without_a_correct_program_there_is_nothing_to_compare_with():
    broken = [task for task in problem().tasks.train if any(task.labels.values())]
    given = problem(tasks=TaskSet(train=broken))
    judge = PlayToGrade(given)
    episodes = explored(given, 0)
    judge.learn(episodes.without_tasks(), given.rubric.targets(episodes.tasks))
    with pytest.raises(UsageError, match="at least one program without any fault"):
        judge.finish()


def arms(paying):
    """A bandit in which the arms are programs, and only those that pay at one of `paying` are correct."""
    tasks = [Task(key=f"arm-{arm}", params=arm, labels={"wrong": arm not in paying}) for arm in range(4)]
    environment = attrs.evolve(bandit(), answer="rubric", tasks=lambda: TaskSet(train=tasks))
    rubric = Rubric(name="wrong", environment="bandit", items=[Item(key="wrong")])
    options = {"batch": 64, "hidden": 16, "learning_rate": 1e-2, "restless": 0.0}
    return Problem(environment=environment, rubric=rubric, tasks=environment.tasks(), steps=6400, options=options)


def test_the_player_learns_to_win_correct_programs_and_plays_others_the_same():
    given = arms({2})
    player = PlayToWin(given)
    while player.steps < given.steps:
        player.iterate()
    trials = Trials(given, 64)
    played = trials.explore(player.explorer(), *trials.draw(0))
    assert (played.action[:, 0] == 2).all()
    assert {task.key for task in played.tasks} == {f"arm-{arm}" for arm in range(4)}


def test_the_player_needs_a_correct_program_to_learn_from():
    with pytest.raises(UsageError, match="no training task is without any fault"):
        PlayToWin(arms(set())).iterate()


def test_the_player_goes_on_from_its_state():
    one, other = PlayToWin(arms({1})), PlayToWin(arms({1}))
    one.iterate()
    other.load(copy.deepcopy(one.state()))
    one.iterate()
    other.iterate()
    for (name, a), b in zip(one.state().items(), other.state().values(), strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b), err_msg=name)
