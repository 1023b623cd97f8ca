import json
import subprocess
import sys

import numpy as np
import pytest

from dreamctl.errors import InputError, RunError, UsageError
from dreamctl.runs import checkpoint
from dreamctl.training.evaluate import evaluate, finite


def test_doors_are_opened_as_well_as_is_possible_and_controls_are_worth_what_they_must_be(trained):
    found = evaluate(trained("doors"), trials=3072)
    error = np.sqrt(1 / 3 * 2 / 3 / 3072)
    assert found["answer"] == "return"
    assert (found["mean_return"], found["stderr"], found["tasks"], found["trials"]) == (1.0, 0.0, 3, 3072)
    assert found["controls"]["optimum"] == found["controls"]["told"] == 1.0
    assert found["controls"]["random"] == pytest.approx(1 / 4, abs=4 * error)  # looking is an action too
    assert found["controls"]["shuffled"] == pytest.approx(1 / 3, abs=4 * error)
    assert found["interval"] == [1.0, 1.0]
    assert found["exploration_steps"] == 1.0


@pytest.mark.parametrize("classifier", ["regression", "so-far"])
def test_lamps_are_judged_better_than_by_the_controls(trained, classifier):
    found = evaluate(trained("lamps", classifier))
    assert (found["answer"], found["programs"], found["seen_in_training"]) == ("rubric", 20, 0)
    assert found["accuracy"] == found["macro_f1"] == found["micro_f1"] == found["macro_mcc"] == 1.0
    assert found["exact"] == 1.0
    assert found["common"]["items"] == 2
    assert found["common"]["macro_f1"] == found["macro_f1"]
    assert found["ece"] < 0.1
    assert set(found["controls"]) == {"constant", "random", "scripted"}
    assert found["controls"]["constant"]["macro_f1"] == 0 < found["controls"]["random"]["macro_f1"] < 1
    assert set(found["labels"]["lamp-0"]) == {"accuracy", "precision", "recall", "f1", "mcc", "prevalence", "ece"}
    assert found["intervals"]["accuracy"] == [1.0, 1.0]
    assert found["controls"]["random"]["intervals"]["accuracy"][0] < found["controls"]["random"]["accuracy"]
    assert (found["broken"]["accuracy"], found["certain"]) == (1.0, 1.0)
    assert found["coverage"][0] == {"share": 1.0, "accuracy": found["accuracy"]}
    assert found["groups"] == {}
    assert found["controls"]["random"]["exploration_steps"] == found["exploration_steps"] == 6.0


def test_what_the_measures_are_computed_from_is_written(trained, tmp_path):
    found = evaluate(trained(), probabilities=tmp_path / "p.npz")
    written = np.load(tmp_path / "p.npz")
    right = (written["probability"] >= 0.5) == (written["truth"] > 0.5)
    assert right.shape == (len(written["programs"]), len(written["items"])) == (20, 2)
    assert right.mean() == found["accuracy"]
    assert list(written["items"]) == list(found["labels"])
    with pytest.raises(InputError, match="it cannot be written"):
        evaluate(trained(), probabilities=tmp_path / "nowhere" / "p.npz")


def test_parts_of_the_tasks_are_measured_apart(trained, tmp_path):
    path = tmp_path / "tasks.json"
    rows = [
        {"id": n, "broken": [n % 2 == 0, n % 3 == 0], "size": ["small", "large"][n % 2], "submissions": 1}
        for n in range(500, 512)
    ]
    path.write_text(json.dumps(rows))
    found = evaluate(trained(), tasks=str(path))
    small, large = found["groups"]["size"]["small"], found["groups"]["size"]["large"]
    assert (small["programs"], large["programs"]) == (6, 6)
    assert small["labels"]["lamp-0"]["prevalence"] == 1.0
    assert large["labels"]["lamp-0"]["prevalence"] == 0.0
    assert large["broken"]["prevalence"] == pytest.approx(2 / 6)
    assert found["broken"]["balanced_accuracy"] == 1.0
    assert set(found["groups"]) == {"size"}


def test_a_run_is_measured_under_another_rubric_made_of_its_labels(trained, tmp_path):
    directory = trained("lamps")
    own = evaluate(directory)
    path = tmp_path / "course.toml"
    path.write_text('name = "c"\nenvironment = "lamps"\n[[items]]\nkey = "second"\nlabels = ["lamp-1"]\n')
    renamed = evaluate(directory, rubric=str(path))
    assert renamed["provenance"]["rubric"] == "c"
    assert renamed["labels"] == {"second": own["labels"]["lamp-1"]}
    assert renamed["controls"]["random"]["labels"]["second"] == own["controls"]["random"]["labels"]["lamp-1"]
    path.write_text('name = "c"\nenvironment = "lamps"\n[[items]]\nkey = "any"\nlabels = ["lamp-0", "lamp-1"]\n')
    assert evaluate(directory, rubric=str(path))["accuracy"] == 1.0
    path.write_text(
        'name = "c"\nenvironment = "lamps"\n[[items]]\nkey = "lamp-1"\n'
        '[[items]]\nkey = "lamp-0"\nexcludes = ["lamp-1"]\n'
    )
    gated = evaluate(directory, rubric=str(path))
    assert gated["exact"] == 1.0
    assert gated["labels"]["lamp-0"] == own["labels"]["lamp-0"]
    assert gated["labels"]["lamp-1"]["prevalence"] < own["labels"]["lamp-1"]["prevalence"]
    path.write_text('name = "c"\nenvironment = "lamps"\n[[items]]\nkey = "lamp-7"\n')
    with pytest.raises(UsageError, match="does not tell 'lamp-7'"):
        evaluate(directory, rubric=str(path))
    with pytest.raises(UsageError, match="no use for the rubric"):
        evaluate(trained("doors"), rubric=str(path))


def test_a_fresh_process_finds_the_same_and_writes_it_down(trained):
    directory = trained("doors")
    here = evaluate(directory, trials=300)
    command = [sys.executable, "-m", "dreamctl", "evaluate", str(directory), "--trials", "300", "--json"]
    there = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert there == here == json.loads((directory / "evaluation.json").read_text())


def test_tasks_of_a_file_are_measured_and_those_trained_on_are_told(trained, tmp_path):
    path = tmp_path / "tasks.json"
    rows = [{"id": n, "broken": [n % 2 == 0, n % 3 == 0], "submissions": 1 + n} for n in (1, 2, 500, 501, 502, 503)]
    path.write_text(json.dumps(rows))
    found = evaluate(trained(), tasks=str(path))
    assert (found["programs"], found["seen_in_training"]) == (6, 2)
    assert found["provenance"]["tasks"].keys() == {str(path)}
    assert found["by_submission"]["accuracy"] == 1.0


def test_another_seed_plays_other_trials_and_the_same_seed_the_same(trained):
    first, second, third = (evaluate(trained("doors"), seed=seed) for seed in (1, 1, 2))
    assert first == second
    assert first["controls"]["random"] != third["controls"]["random"]


def test_a_run_that_is_not_finished_is_not_measured(trained, tmp_path):
    import shutil

    copy = shutil.copytree(trained("doors"), tmp_path / "run")
    state, about = checkpoint.read(copy)
    checkpoint.write(copy, state, {**about, "phase": "explore"})
    with pytest.raises(RunError, match="its training has not ended"):
        evaluate(copy)


def test_a_file_of_tasks_needs_an_environment_that_reads_them(trained, tmp_path):
    with pytest.raises(UsageError, match="it reads no task files"):
        evaluate(trained("doors"), tasks=str(tmp_path))


def test_what_json_has_no_word_for_becomes_null():
    assert finite({"a": [float("nan"), 1.0], "b": (float("inf"),)}) == {"a": [None, 1.0], "b": [None]}


def test_the_return_of_every_trial_is_written_and_what_failing_is_worth_is_told(trained, tmp_path):
    found = evaluate(trained("doors"), trials=300, returns=tmp_path / "returns.npz")
    written = np.load(tmp_path / "returns.npz")
    assert written["returns"].mean() == found["mean_return"]
    assert sorted(set(written["tasks"])) == ["door-0", "door-1", "door-2"]
    assert "uninformed" not in found["controls"]  # the environment does not compute it
    with pytest.raises(InputError, match="it cannot be written"):
        evaluate(trained("doors"), trials=30, returns=tmp_path / "nowhere" / "returns.npz")
