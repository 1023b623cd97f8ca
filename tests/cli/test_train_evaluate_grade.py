import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from dreamctl.cli.evaluate import command as evaluate
from dreamctl.cli.grade import _print_summary
from dreamctl.cli.grade import command as grade
from dreamctl.cli.train import command as train
from dreamctl.errors import DreamctlError, InputError, PluginError, RunError, UsageError
from dreamctl.records import Item, Rubric

LAMPS = ("--environment", "lamps", "--explorer", "counting", "--classifier", "regression", "--steps", "2000")


def call(command, *words):
    """Standard output of a command; its error is raised."""
    result = CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)
    if isinstance(result.exception, SystemExit) and result.exit_code:
        raise AssertionError(result.output)
    return result.stdout


@pytest.fixture
def programs(tmp_path):
    path = tmp_path / "programs.json"
    rows = [{"id": "a", "broken": [True, False]}, {"id": "b", "broken": [False, False]}, {"id": "c"}]
    path.write_text(json.dumps(rows))
    return path


def test_train_evaluate_grade_in_three_commands(tiny, tmp_path, programs):
    run = tmp_path / "run"
    trained = json.loads(call(train, "--plugin", tiny, *LAMPS, "--out", run, "--json"))
    assert trained["schema_version"] == 1
    assert trained["run"] == str(run)
    assert trained["steps"] >= 2000
    assert trained["measures"]["judge/validation_accuracy"] == 1.0
    measured = json.loads(call(evaluate, run, "--json"))
    assert measured["accuracy"] == 1.0
    table = call(evaluate, run)
    assert all(word in table for word in ("macro_f1", "constant", "random", "scripted", "lamp-1"))
    out = tmp_path / "grades"
    text = call(grade, "--run", run, programs, "--out", out)
    assert "a  graded  2 of 3 points" in text
    assert "Lamp 0 is broken" in text
    assert "nothing wrong was seen" in text
    assert "program c: it has no lamps" in text
    assert len((out / "grades.jsonl").read_text().splitlines()) == 3


def test_grade_prints_a_summary_for_many_programs_and_json_for_machines(trained, tmp_path):
    path = tmp_path / "many.json"
    path.write_text(json.dumps([{"id": n, "broken": [n % 2 == 0, False]} for n in range(40)]))
    summary = call(grade, "--run", trained(), path, "--out", tmp_path / "a")
    assert "40 graded" in summary
    assert "50.0%" in summary
    document = json.loads(call(grade, "--run", trained(), path, "--out", tmp_path / "b", "--json"))
    assert document["statuses"] == {"graded": 40}
    assert len(document["grades"]) == 40


def test_grade_uses_the_weights_that_a_plugin_ships(tiny, trained, programs, tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="ships no weights; train a run with"):
        call(grade, "--plugin", tiny, programs, "--out", tmp_path / "out")
    monkeypatch.setenv("TINY_WEIGHTS", str(trained()))
    assert "a  graded" in call(grade, "--plugin", tiny, programs, "--out", tmp_path / "out")


def test_the_summary_counts_an_item_in_all_programs_of_which_it_is_told(capsys):
    rubric = Rubric(name="r", environment="e", items=(Item(key="starts", title="The " * 20), Item(key="light")))
    broken = {"status": "not_gradable", "labels": {"starts": {"verdict": "present"}}}
    fine = {"status": "graded", "labels": {key: {"verdict": "absent"} for key in ("starts", "light")}}
    _print_summary([broken, broken, broken, fine], rubric)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [*["The"] * 20, "3", "75.0%", "0"] in lines
    assert ["light", "0", "0.0%", "0"] in lines


def test_grade_prints_nothing_that_moves_a_cursor(trained, tmp_path):
    path = tmp_path / "programs.json"
    path.write_text(json.dumps([{"id": "\x1b[2Jann"}, {"id": "\u202eben", "broken": [True, False]}]))
    text = call(grade, "--run", trained(), path, "--out", tmp_path / "out")
    assert "\ufffd[2Jann  not gradable" in text
    assert "\ufffdben  graded" in text
    assert not {"\x1b", "\u202e"} & set(text)


def test_grade_says_of_an_environment_that_is_answered_by_returns_that_it_cannot_grade(programs, tmp_path):
    with pytest.raises(UsageError, match="hallway/hallway cannot grade, since it is answered by returns"):
        call(grade, "--plugin", "hallway", programs, "--out", tmp_path / "out")


def test_grade_takes_a_course_rubric_from_a_file(trained, programs, tmp_path):
    path = tmp_path / "course.toml"
    path.write_text('name = "c"\nenvironment = "lamps"\n[[items]]\nkey = "lamp-0"\ntitle = "No light"\npoints = 5\n')
    text = call(grade, "--run", trained(), programs, "--rubric", path, "--out", tmp_path / "out")
    assert "a  graded  0 of 5 points" in text
    assert "No light" in text


def test_resume_needs_no_other_option_and_refuses_those_that_differ(tiny, tmp_path):
    run = tmp_path / "run"
    call(train, "--plugin", tiny, *LAMPS, "--out", run)
    with pytest.raises(RunError, match="nothing is overwritten"):
        call(train, "--plugin", tiny, *LAMPS, "--out", run)
    before = (run / "checkpoint.safetensors").read_bytes()
    call(train, "--resume", "--out", run)
    call(train, "--plugin", tiny, *LAMPS, "--resume", "--out", run)
    with pytest.raises(UsageError, match="its seed is 0, and 3 was asked for"):
        call(train, "--plugin", tiny, *LAMPS, "--resume", "--out", run, "--seed", 3)
    with pytest.raises(UsageError, match="leave out --seed"):
        call(train, "--resume", "--out", run, "--seed", 3)
    call(train, "--settings", run / "settings.toml", "--resume", "--out", run)
    other = tmp_path / "other.toml"
    other.write_text((run / "settings.toml").read_text().replace("seed = 0", "seed = 7"))
    with pytest.raises(UsageError, match="its seed is 0, and 7 was asked for"):
        call(train, "--settings", other, "--resume", "--out", run)
    with pytest.raises(UsageError, match="leave out --set"):
        call(train, "--resume", "--out", run, "--set", "hidden=4")
    assert (run / "checkpoint.safetensors").read_bytes() == before


def test_settings_of_a_run_make_the_same_run_again(tiny, tmp_path):
    call(train, "--plugin", tiny, *LAMPS, "--out", tmp_path / "a", "--set", "classifier.scale=1.5", "--replays", 2)
    call(train, "--settings", tmp_path / "a" / "settings.toml", "--out", tmp_path / "b")
    for name in ("settings.toml", "checkpoint.safetensors"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_run_is_named_after_what_it_is(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call(train, "--plugin", tiny, *LAMPS, "--seed", 4)
    assert (tmp_path / "runs" / "tiny-counting-4" / "checkpoint.safetensors").exists()


@pytest.mark.parametrize(
    ("command", "words", "kind", "sentence"),
    [
        (train, ["--plugin", "hallwy"], PluginError, "No plugin named 'hallwy'"),
        (train, [], UsageError, "Which plugin"),
        (train, ["--resume"], UsageError, "--resume needs to know what to continue"),
        (train, ["--resume", "--out", "missing"], RunError, "no such run directory"),
        (train, ["--plugin", "TINY", "--explorer", "cuonting"], UsageError, "Did you mean 'counting'"),
        (train, ["--plugin", "TINY", "--environment", "lamp"], UsageError, "Did you mean 'lamps'"),
        (train, ["--plugin", "TINY", "--steps", "1", "--minutes", "1"], UsageError, "two ways to give one budget"),
        (train, ["--plugin", "TINY", "--rubric", "missing.toml"], InputError, "cannot be read"),
        (train, ["--plugin", "TINY", "--device", "cuda:one"], UsageError, "a device is cpu, cuda"),
        (train, ["--settings", "missing.toml"], RunError, "cannot be read"),
        (train, ["--plugin", "TINY", "--device", "abacus"], UsageError, "a device is cpu, cuda"),
        (evaluate, ["missing"], RunError, "no such run directory"),
        (evaluate, ["."], RunError, "not a run directory"),
        (grade, ["x.json"], UsageError, "Graded by what?"),
        (grade, ["x.json", "--run", "RUN"], InputError, "no such file or folder"),
        (grade, ["x.json", "--run", "RUN", "--plugin", "bounce"], UsageError, "The run is for the plugin 'tiny'"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(
    tiny, trained, tmp_path, monkeypatch, command, words, kind, sentence
):
    run = trained()
    monkeypatch.chdir(tmp_path)
    words = [{"TINY": tiny, "RUN": str(run)}.get(word, word) for word in words]
    with pytest.raises(DreamctlError) as caught:
        call(command, *words)
    assert type(caught.value) is kind
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (train, ["--minutes", "nan"]),
        (train, ["--minutes", "inf"]),
        (train, ["--checkpoint-seconds", "nan"]),
        (grade, ["x", "--abstain", "nan"]),
    ],
)
def test_a_number_that_is_not_finite_is_wrong_usage(command, words):
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 2
    assert "is not a finite number" in result.output


def test_a_place_where_nobody_can_write_is_named_in_one_line(tiny, tmp_path):
    (tmp_path / "file").touch()
    words = ["train", "--plugin", tiny, "--steps", "1", "--out", tmp_path / "file" / "run"]
    found = subprocess.run([sys.executable, "-m", "dreamctl", *words], capture_output=True, text=True)
    assert found.returncode == DreamctlError.exit_code
    assert found.stderr.splitlines()[-1].startswith(f"dreamctl: {tmp_path / 'file' / 'run'}: cannot be")


def test_a_process_ends_with_the_documented_code_and_one_line(trained, tmp_path):
    run = shutil.copytree(trained(), tmp_path / "run")
    path = run / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    found = subprocess.run([sys.executable, "-m", "dreamctl", "evaluate", run], capture_output=True, text=True)
    assert found.returncode == RunError.exit_code
    assert found.stdout == ""
    assert len(found.stderr.splitlines()) == 1
    assert "truncated, damaged" in found.stderr


def test_progress_goes_to_standard_error_as_plain_lines_where_there_is_no_terminal(tiny, tmp_path):
    result = CliRunner().invoke(train, ["--plugin", tiny, *LAMPS, "--out", str(tmp_path / "run")])
    assert "learning: 2," in result.stderr
    assert "learning" not in result.stdout
    assert "\r" not in result.stderr
