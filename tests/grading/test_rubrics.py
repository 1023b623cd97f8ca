from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dreamctl.cli.rubric import command
from dreamctl.errors import CheckFailed, InputError, UsageError
from dreamctl.plugins import find_rubric, load

ITEM = '[[items]]\nkey = "{key}"\ntitle = "T"\nfeedback = "F."\npoints = 1\nlabels = {labels}\nexcludes = {excludes}\n'


def call(*words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)


def item(key: str, labels: list[str], excludes: tuple[str, ...] = ()) -> str:
    return ITEM.format(key=key, labels=json.dumps(labels), excludes=json.dumps(excludes))


@pytest.fixture
def found(tmp_path: Path) -> Callable[[str], dict]:
    """`found(text)` is what `dreamctl rubric check --json` says about a rubric with that text."""

    def check(text: str) -> dict:
        path = tmp_path / "course.toml"
        path.write_text(f'name = "course"\nenvironment = "bounce"\n{text}')
        result = CliRunner().invoke(command, ["check", str(path), "--json"])
        document: dict = json.loads(result.stdout)
        assert isinstance(result.exception, CheckFailed) == bool(document["mistakes"])
        return document

    return check


@pytest.mark.parametrize("base", ["all", "published"])
def test_a_new_rubric_is_sound_and_says_the_same_as_its_base(base: str, tmp_path: Path) -> None:
    path = tmp_path / "course.toml"
    assert call("new", "--plugin", "bounce", "--base", base, path).exit_code == 0
    bounce = load("bounce")
    assert find_rubric(str(path), bounce).items == find_rubric(base, bounce).items
    checked = call("check", path)
    assert checked.exit_code == 0
    assert "mistake" not in checked.stdout


def test_nothing_is_overwritten_and_the_name_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "course.toml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="nothing is overwritten"):
        call("new", "--plugin", "bounce", path)
    assert path.read_text() == "mine"
    with pytest.raises(UsageError, match=r"ends in \.toml"):
        call("new", "--plugin", "bounce", tmp_path / "course")


def test_a_file_that_is_no_rubric_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "course.toml"
    for text, sentence in (("name =", "not a TOML file"), ('environment = "bounce"\nnmae = "x"', "'nmae' is not a")):
        path.write_text(text)
        with pytest.raises(InputError, match=sentence):
            call("check", path)
    with pytest.raises(InputError, match="cannot be read"):
        call("check", tmp_path / "nothing.toml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (item("x", ["whenWall-noBonce"]), "item 'x': there is no label 'whenWall-noBonce'.*mean 'whenWall-noBounce'"),
        ('[[items]]\nkey = "whenMove-error"\ntitle = "T"', "item 'whenMove-error': it has no feedback"),
        ('[[items]]\nkey = "whenMove-error"\nfeedback = "F."', "item 'whenMove-error': it has no title"),
        (
            item("x", ["whenMove-error"]) + item("whenMove-error", []),
            "items 'x' and 'whenMove-error' are made of the same labels",
        ),
        (
            item("x", ["whenMove-error", "whenWall-noBounce"], ("y",)) + item("y", ["whenMove-error"]),
            "items 'x' and 'y' exclude each other, but 'whenMove-error' makes both present",
        ),
        (
            item("x", ["whenMove-error"], ("y",))
            + item("y", ["whenWall-noBounce"], ("z",))
            + item("z", ["whenPaddle-noBounce"], ("x",)),
            "items 'x', 'y', 'z' exclude each other in a circle",
        ),
    ],
)
def test_each_kind_of_mistake_is_caught(found: Callable[[str], dict], text: str, sentence: str) -> None:
    assert [bool(re.search(sentence, mistake)) for mistake in found(text)["mistakes"]] == [True]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('max_score = 5\nbase = "all"', "a program with many faults is at 0"),
        ('max_score = 50\nbase = "all"', "nobody can score 0"),
        ('base = "published"\n[[items]]\nkey = "whenMove-error"\npoints = 0', "it costs no points"),
        (
            item("x", ["whenMove-error", "whenWall-noBounce"]) + item("whenMove-error", []),
            "both hold 'whenMove-error', which costs the points of both",
        ),
    ],
)
def test_what_may_be_meant_is_noted_and_fails_nothing(found: Callable[[str], dict], text: str, sentence: str) -> None:
    assert any(sentence in note for note in found(text)["notes"])


def test_it_says_what_counts_what_nobody_looks_at_and_what_the_weights_can_judge(found: Callable[[str], dict]) -> None:
    text = 'base = "all"\ndrop = ["whenGoal-multipleBalls"]\n[[items]]\nkey = "whenMove-error"\npoints = 3'
    document = found(text)
    assert (document["points"], document["max_score"], len(document["items"])) == (39, 39, 37)
    assert document["uncovered_labels"] == ["whenGoal-multipleBalls"]
    assert all(each["judged"] for each in document["items"])
    unjudged = found(item("x", ["nothing"]))
    assert [each["judged"] for each in unjudged["items"]] == [False]
    assert len(unjudged["uncovered_labels"]) == 38
