import json
import shutil

import numpy as np
import pytest

from dreamctl.errors import RunError
from dreamctl.grading.grade import grade, grader, read_submissions
from dreamctl.runs import checkpoint
from dreamctl.runs.build import choose
from dreamctl.runs.directory import load_run, read_settings
from dreamctl.runs.play import explore
from dreamctl.runs.progress import Progress
from dreamctl.runs.seeding import task_seeds
from dreamctl.training.evaluate import evaluate
from dreamctl.training.train import train


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


NO_TASKS = """
import attrs, dreamctl
from dreamctl.plugins import load

tiny = load({tiny!r})

@dreamctl.hookimpl
def dreamctl_environments():
    yield attrs.evolve(tiny.environments["lamps"], tasks=dreamctl.TaskSet)

@dreamctl.hookimpl
def dreamctl_rubrics():
    yield attrs.evolve(tiny.rubrics["lamps"], environment="lamps")

"""


@pytest.mark.parametrize("classifier", ["responses", "running", "recurrent"])
def test_a_run_outlives_the_task_file_that_it_was_trained_on(tiny, tmp_path, classifier):
    plugin, tasks, run = tmp_path / "no_tasks.py", tmp_path / "tasks.json", tmp_path / "run"
    plugin.write_text(NO_TASKS.format(tiny=tiny))
    tasks.write_text(json.dumps([{"id": n, "broken": [n % 2 == 0, n % 3 == 0]} for n in range(40)]))
    settings = choose(str(plugin), "lamps", "dream", classifier, steps=100, device="cpu", tasks=str(tasks), replays=1)
    train(settings, run, progress=Progress(quiet=True))
    submissions = read_submissions(load_run(run), [tasks])
    held_out = shutil.copy(tasks, tmp_path / "held-out.json")

    def results():
        return evaluate(run, tasks=str(held_out)), list(grade(grader(load_run(run)), submissions))

    with_it = results()
    tasks.unlink()
    assert results() == with_it


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
