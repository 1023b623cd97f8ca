"""The control that reads the program's text."""

import json
from collections import Counter

import attrs
import pytest

from dreamctl import UsageError, plugins
from dreamctl.grading.grade import grader
from dreamctl.runs.build import choose
from dreamctl.runs.directory import load_run
from dreamctl.training.evaluate import evaluate
from dreamctl.training.train import train
from dreamctl_bounce.generator import tasks
from dreamctl_bounce.programs import balls


def trained(directory, classifier):
    """A run of a few hundred programs, which is enough to tell who reads the text."""
    path = written(directory.parent / f"{directory.name}.jsonl", tasks().train[:300])
    settings = choose(
        "bounce", explorer="random", classifier=classifier, rubric="published", steps=1, replays=1, controls=False,
        tasks=str(path),
    )  # fmt: skip
    train(attrs.evolve(settings, options={"classifier.trees": 2} if classifier == "responses" else {}), directory)
    return directory


def written(path, some):
    """A file of programs."""
    path.write_text("".join(json.dumps({"id": t.key, "program": t.params.to_json()}) + "\n" for t in some))
    return path


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A run whose judge plays."""
    return trained(tmp_path_factory.mktemp("runs") / "played", "responses")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A run whose judge reads the text."""
    return trained(tmp_path_factory.mktemp("runs") / "reader", "source-rules")


def test_it_stands_beside_what_plays_and_is_marked(played):
    controls = evaluate(played, trials=200)["controls"]
    assert controls["source-rules"]["accuracy"] == controls["source-rules"]["broken"]["accuracy"] == 1.0
    assert controls["source-rules"]["reads_source"]
    assert "reads_source" not in controls["constant"]


def test_as_the_judge_of_a_run_it_is_right_about_everything(reader):
    found = evaluate(reader, trials=200)
    assert found["accuracy"] == found["macro_f1"] == found["exact"] == 1.0
    assert set(found["controls"]) == {"constant"}


def test_it_gives_no_grades(reader):
    with pytest.raises(UsageError, match="reads the program's text, so it is a control"):
        grader(load_run(reader))


def test_a_judge_that_plays_never_sees_a_task(played, monkeypatch):
    run = load_run(played)
    seen = []
    judge = type(run.judge.judge)
    predict = judge.predict

    def watched(self, episodes):
        seen.append(episodes.tasks)
        return predict(self, episodes)

    monkeypatch.setattr(judge, "predict", watched)
    evaluate(played, trials=20)
    assert seen
    assert set(seen) == {None}


def test_it_is_the_only_one_that_reads_the_text_and_nobody_s_default():
    for name in ("bounce", "core"):
        for classifier in plugins.load(name).classifiers.values():
            assert classifier.reads_source == (classifier.name == "source-rules")
    assert choose("bounce").classifier != "source-rules"


def test_programs_with_many_balls_are_a_part_of_their_own(played, tmp_path):
    path = written(tmp_path / "programs.jsonl", tasks().test)
    parts = evaluate(played, tasks=str(path))["groups"]["balls"]
    assert {name: part["programs"] for name, part in parts.items()} == Counter(balls(t.params) for t in tasks().test)
    assert set(parts) == {"3 or more", "fewer"}
