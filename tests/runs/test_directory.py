import shutil

import numpy as np
import pytest

from dreamctl.errors import RunError
from dreamctl.runs import checkpoint
from dreamctl.runs.directory import load_run, read_settings
from dreamctl.runs.play import explore
from dreamctl.runs.seeding import task_seeds


@pytest.fixture
def copy(trained, tmp_path):
    return shutil.copytree(trained(), tmp_path / "run")


def change(directory, before, after):
    path = directory / "settings.toml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_a_loaded_run_plays_and_judges_as_its_copy_does(trained, copy):
    first, second = load_run(trained()), load_run(copy)
    tasks = first.environment.tasks().test
    judged = []
    for run in (first, second):
        (episodes,) = explore(run.environment, run.player.explorer(), tasks, task_seeds(0, 1, tasks))
        judged.append(run.judge.probabilities(episodes))
    np.testing.assert_array_equal(*judged)
    assert set(first.controls) == {"random", "scripted"}
    np.testing.assert_allclose(first.prevalence, first.rubric.targets(first.environment.tasks().train).mean(0))


def test_a_folder_that_is_not_a_run_is_refused(tmp_path):
    with pytest.raises(RunError, match="no such run directory"):
        load_run(tmp_path / "nowhere")
    with pytest.raises(RunError, match=r"not a run directory, since it has no settings\.toml"):
        load_run(tmp_path)


def test_a_run_without_a_checkpoint_is_refused(copy):
    (copy / checkpoint.TENSORS).unlink()
    with pytest.raises(RunError, match="cannot be read"):
        load_run(copy)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('explorer = "counting"', 'explorer = "presser"', "its explorer is 'counting', but 'presser'"),
        ('classifier = "regression"', 'classifier = "so-far"', "its classifier is 'regression'"),
        ('environment = "lamps"', 'environment = "lamps-2"', "its environment is 'lamps'"),
        ('key = "lamp-1"', 'key = "lamp-9"', "its items is"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(copy, before, after, sentence):
    change(copy, before, after)
    with pytest.raises(RunError, match=sentence):
        load_run(copy)


def test_a_checkpoint_of_another_version_of_the_environment_is_refused(copy):
    state, about = checkpoint.read(copy)
    about["identity"]["environment_version"] = 7
    checkpoint.write(copy, state, about)
    with pytest.raises(RunError, match="its environment version is 7, but 1"):
        load_run(copy)


@pytest.mark.parametrize("name", ["explorer/values", "judge/weights"])
def test_a_checkpoint_of_other_shapes_or_names_is_refused(copy, name):
    state, about = checkpoint.read(copy)
    checkpoint.write(copy, {**state, name: np.zeros(99)}, about)
    with pytest.raises(RunError, match="names or shapes differ"):
        load_run(copy)
    del state[name]
    checkpoint.write(copy, state, about)
    with pytest.raises(RunError, match="names or shapes differ"):
        load_run(copy)


def test_settings_hold_the_rubric_whole(trained):
    settings = read_settings(trained())
    assert [item.title for item in settings.rubric.items] == ["Lamp 0 is broken", "Lamp 1 is broken"]
