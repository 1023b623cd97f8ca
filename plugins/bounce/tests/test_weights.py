"""The weights that the plugin ships."""

import pytest

from dreamctl import Submission, Task
from dreamctl.grading.grade import grade, grader
from dreamctl.runs.directory import load_run
from dreamctl_bounce import WEIGHTS
from dreamctl_bounce.labels import LABELS
from dreamctl_bounce.programs import Program

RIGHT = {
    "when run": ["launch new ball"],
    "when left arrow": ["move left"],
    "when right arrow": ["move right"],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": ["bounce ball"],
    "when ball in goal": ["score point", "launch new ball"],
    "when ball misses paddle": ["score opponent point", "launch new ball"],
}
FAULTS = {
    "whenRun-noBallLaunch": {"when run": []},
    "whenMove-error": {"when left arrow": ["move right"]},
    "whenPaddle-noBounce": {"when ball hits paddle": []},
    "whenWall-noBounce": {"when ball hits wall": []},
    "whenGoal-noBallLaunch": {"when ball in goal": ["score point"]},
    "whenMiss-noBallLaunch": {"when ball misses paddle": ["score opponent point"]},
    "whenMiss-noOpponentScore": {"when ball misses paddle": ["launch new ball"]},
    "whenGoal-illegal-incrementOpponentScore": {
        "when ball in goal": ["score point", "score opponent point", "launch new ball"]
    },
    "whenPaddle-illegal-incrementPlayerScore": {"when ball hits paddle": ["bounce ball", "score point"]},
    "whenWall-illegal-incrementOpponentScore": {"when ball hits wall": ["bounce ball", "score opponent point"]},
    "whenLeft-illegal-launchBall": {"when left arrow": ["move left", "launch new ball"]},
}


@pytest.fixture(scope="module")
def grades():
    programs = {"right": RIGHT, **{label: {**RIGHT, **change} for label, change in FAULTS.items()}}
    submissions = [
        Submission(id=name, task=Task(key=name, params=Program.from_json(program)))
        for name, program in programs.items()
    ]
    parts = grade(grader(load_run(WEIGHTS, device="cpu"), evidence=False), submissions)
    return {found.submission: found for part in parts for found in part}


def test_they_find_nothing_wrong_with_a_right_program(grades):
    assert not [label for label, found in grades["right"].labels.items() if found.verdict == "present"]


@pytest.mark.parametrize("label", FAULTS)
def test_they_find_a_single_fault_and_no_other(grades, label):
    assert [key for key, found in grades[label].labels.items() if found.verdict == "present"] == [label]


def test_they_judge_every_label(grades):
    assert set(grades["right"].labels) == set(LABELS)


def test_they_are_under_four_megabytes():
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 4 * 2**20
