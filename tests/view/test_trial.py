"""Watching a program: the trial that is shown is the one behind its grade."""

import json

import attrs
import numpy as np
import pytest
from click.testing import CliRunner

from dreamctl import RandomPolicy, UsageError
from dreamctl.cli.watch import command as watch
from dreamctl.grading.files import grade_into
from dreamctl.grading.grade import grader, read_submissions
from dreamctl.learning.learner import Judge
from dreamctl.runs.directory import load_run
from dreamctl.runs.play import Scripted
from dreamctl.simulation.episodes import cut
from dreamctl.view.trial import Watched, beliefs, shots, trial

PROGRAMS = [{"id": n, "broken": [n % 2 == 0, n % 3 == 0]} for n in range(5)]
ARRAYS = ("observation", "action", "reward", "terminated", "mask", "episode", "seeds", "failure")


class Remembering(Judge):
    """A judge that keeps what it was shown."""

    def __init__(self, judge):
        self.judge, self.shown = judge, []

    def learn(self, episodes, targets):
        return self.judge.learn(episodes, targets)

    def predict(self, episodes):
        self.shown.append(episodes)
        return self.judge.predict(episodes)

    def state(self):
        return self.judge.state()

    def load(self, state):
        self.judge.load(state)


@pytest.fixture
def run(trained):
    """Three exploration episodes, of a player that takes its chances."""
    found = load_run(trained())
    judge = attrs.evolve(found.judge, judge=Remembering(found.judge.judge))
    environment = attrs.evolve(found.environment, exploration_episodes=3)
    parts = attrs.evolve(found.parts, environment=environment)
    return attrs.evolve(found, parts=parts, player=Scripted(RandomPolicy(3)), judge=judge)


@pytest.fixture
def programs(tmp_path):
    path = tmp_path / "programs.json"
    path.write_text(json.dumps(PROGRAMS))
    return path


def of_grades(run):
    return Watched.of_run(run, of_program=True)


def test_the_watched_trial_of_a_program_is_the_graded_one_bit_for_bit(run, programs, tmp_path):
    submissions = read_submissions(run, [programs])
    rows = grade_into(tmp_path / "grades", grader(run, seed=9), submissions)
    graded = run.judge.judge.shown[0]
    assert len({graded.action[row].tobytes() for row in range(4)}) > 1
    for row, submission in enumerate({submission.task.params: submission for submission in submissions}.values()):
        watched, execution = trial(of_grades(run), submission.task, rows[row]["provenance"]["seed"])
        assert execution is None
        for name in ARRAYS:
            np.testing.assert_array_equal(getattr(watched, name)[0], getattr(graded, name)[row])


def test_the_episode_and_step_of_a_grade_can_be_looked_at(run, programs):
    (task, *_) = (submission.task for submission in read_submissions(run, [programs]))
    whole, _ = trial(of_grades(run), task, 9)
    every = shots(of_grades(run), task, 9, 3)
    assert [shot.step for shot in every] == [0, 1, 2, 3] * 3
    third = shots(of_grades(run), task, 9, first=3)
    assert {shot.episode for shot in third} == {"exploration 3"}
    actions = [run.environment.actions[action] for action in whole.action[0, 8:11]]
    assert [shot.action for shot in third] == ["", *actions]
    around = shots(of_grades(run), task, 9, first=3, step=2)
    assert [shot.marked for shot in around] == [False, False, True, False]
    for words, sentence in (
        ({"first": 4}, "its exploration has 3 episodes, and no 4"),
        ({"first": 2, "step": 4}, "'exploration 2' has 3 steps, and no 4"),
    ):
        with pytest.raises(UsageError, match=sentence):
            shots(of_grades(run), task, 9, **words)


def test_the_weights_that_a_plugin_ships_show_what_its_grades_rest_on(tiny, trained, programs, tmp_path, monkeypatch):
    monkeypatch.setenv("TINY_WEIGHTS", str(trained()))
    monkeypatch.chdir(tmp_path)

    def picture(*words):
        words = [str(word) for word in (*words, "--program", programs)]
        name = CliRunner().invoke(watch, words, catch_exceptions=False).stdout.strip()
        return name, (tmp_path / name).read_bytes()

    of_weights = picture("--plugin", tiny, "--episode", 2, "--step", 1)
    assert of_weights[0] == "tiny-counting.png"
    assert of_weights == picture("--run", trained(), "--episode", 2, "--step", 1)
    assert of_weights != picture("--plugin", tiny, "--episode", 2, "--step", 2)
    assert picture("--plugin", tiny, "--explorer", "presser")[0] == "tiny-presser.png"


def test_a_judge_of_whole_explorations_is_asked_as_if_each_moment_were_the_last(run, programs):
    (task, *_) = (submission.task for submission in read_submissions(run, [programs]))
    exploration, _ = trial(of_grades(run), task, 9)
    believed = beliefs(run.judge, exploration)
    assert believed.shape == (1, exploration.valid.shape[1], 2)
    assert len(np.unique(believed.round(3))) > 2
    for end in (0, 2, 5, exploration.mask.shape[1]):
        np.testing.assert_array_equal(believed[:, end], run.judge.probabilities(cut(exploration, np.array([end]))))
    np.testing.assert_array_equal(believed[:, -1], run.judge.probabilities(exploration))
