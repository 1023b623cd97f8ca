"""`dreamctl compare`, from the command line down, on worlds that are learned in a moment."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from dreamctl.cli.compare import command as compare
from dreamctl.errors import DreamctlError, RunError, UsageError
from dreamctl.runs import checkpoint
from dreamctl.training.evaluate import evaluate


def call(*words):
    """Standard output of the command; its error is raised."""
    result = CliRunner().invoke(compare, [str(word) for word in words], catch_exceptions=False)
    assert not result.exit_code, result.output
    return result.stdout


def doors(tiny, *words):
    return ["--plugin", tiny, "--environment", "doors", "--explorers", "counting", "--steps", 1200, *words]


def without_seconds(value):
    """A document but for what the clock says."""
    if isinstance(value, dict):
        return {name: without_seconds(part) for name, part in value.items() if "seconds" not in name}
    return [without_seconds(part) for part in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def compared(tiny, tmp_path_factory):
    """Two seeds of `counting` on the doors, and its control on random identifiers: the folder, and the document."""
    out = tmp_path_factory.mktemp("compared") / "out"
    document = json.loads(call(*doors(tiny, "--seeds", 2, "--workers", 0, "--out", out, "--json")))
    return out, document


def test_every_figure_is_that_of_the_runs_in_the_folder(compared):
    out, found = compared
    assert found == json.loads((out / "compare.json").read_text())
    assert (found["schema_version"], found["answer"], found["optimum"]) == (1, "return", 1.0)
    assert "commit" not in json.dumps(found)
    counting, control = found["explorers"]
    for each, name in ((counting, "counting"), (control, "counting-shuffled-ids")):
        for run in each["runs"]:
            again = evaluate(out / "runs" / f"{name}-{run['seed']}")
            assert run["mean_return"] == again["mean_return"]
            assert run["controls"] == again["controls"]
    assert counting["figures"]["mean_return"]["iqm"] == {"value": 1.0, "interval": [1.0, 1.0]}
    assert counting["of_optimum"] == 1.0
    assert counting["steps_to"]["reached"] == 2
    assert 0 < counting["steps_to"]["median"] <= 1200
    assert counting["after_another"]["value"] == pytest.approx(1 / 3, abs=0.05)
    assert counting["habits"]["visits"] is None
    assert {each["name"] for each in found["controls"]} == {"random", "posterior", "told"}


def test_the_table_says_the_same_in_a_terminal_in_markdown_and_on_the_page(compared, tiny):
    out, _ = compared
    table = call("--resume", "--out", out)
    for text in (table, (out / "compare.md").read_text(), (out / "compare.html").read_text()):
        assert all(
            word in text for word in ("IQM", "counting, shuffled ids", "told the task", "1.000 to 1.000", "optimum")
        )
    page = (out / "compare.html").read_text()
    assert page.count("data:image/png;base64,") == 2
    assert "http" not in page.replace("http-equiv", "")
    assert "| counting | 1.000 | 1.000 to 1.000 | 1.000 | 100.0 % |" in (out / "compare.md").read_text()


def test_pictures_are_there_as_png_and_svg(compared):
    out, _ = compared
    for name in ("curves", "explorations"):
        with Image.open(out / f"{name}.png") as picture:
            assert np.asarray(picture.convert("L")).std() > 10  # not blank
        assert (out / f"{name}.svg").read_text().startswith("<?xml")


def test_killed_by_force_and_resumed_it_ends_in_the_same_files(compared, tiny, tmp_path):
    whole, document = compared
    out = tmp_path / "out"
    words = [str(word) for word in doors(tiny, "--seeds", 2, "--workers", 2, "--out", out)]
    first = subprocess.Popen([sys.executable, "-m", "dreamctl", "compare", *words], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list((out / "measured").glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    children = descendants(first.pid)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert children
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, children))  # nobody goes on for a comparison that is not there any more
    done = {path: path.stat().st_mtime_ns for path in (out / "measured").glob("*.json")}
    assert 0 < len(done) < 4
    call("--resume", "--out", out, "--workers", 0)
    assert done == {path: path.stat().st_mtime_ns for path in done}  # nothing is done twice
    there = json.loads((out / "compare.json").read_text())
    assert without_seconds({**there, "command": ""}) == without_seconds({**document, "command": ""})
    for run in (whole / "runs").iterdir():
        for name in ("checkpoint.safetensors", "settings.toml"):
            assert (out / "runs" / run.name / name).read_bytes() == (run / name).read_bytes()
    for name in ("curves.svg", "explorations.png"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()


def descendants(pid):
    """The processes that a process has started, where the system tells."""
    with contextlib.suppress(OSError):
        lists = Path(f"/proc/{pid}/task").glob("*/children")
        return [int(child) for each in lists for child in each.read_text().split()]
    return []


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_run_that_was_not_even_begun_is_begun_anew(compared, tiny, tmp_path):
    out = tmp_path / "out"
    begun = doors(tiny, "--seeds", 1, "--workers", 0, "--shuffled-ids", "none", "--out", out)
    (out / "runs" / "counting-0").mkdir(parents=True)
    (out / "runs" / "counting-0" / "provenance.json").touch()
    (out / "request.json").write_text((compared[0] / "request.json").read_text())
    with pytest.raises(UsageError, match="its --seeds is 2, and 1 was asked for"):
        call(*begun, "--resume")
    changed = json.loads((out / "request.json").read_text()) | {"seeds": 1, "shuffled": "none"}
    (out / "request.json").write_text(json.dumps(changed))
    call(*begun, "--resume")
    state, _ = checkpoint.read(out / "runs" / "counting-0")
    assert np.array_equal(
        state["explorer/door"], checkpoint.read(compared[0] / "runs" / "counting-0")[0]["explorer/door"]
    )


def test_a_rubric_is_compared_by_accuracy_f1_and_mcc(tiny, tmp_path):
    words = ["--plugin", tiny, "--environment", "lamps", "--explorers", "counting,presser", "--classifier", "so-far"]
    out = tmp_path / "out"
    table = call(*words, "--rubric", "lamps", "--seeds", 2, "--steps", 600, "--workers", 0, "--out", out)
    assert all(word in table for word in ("macro-F1", "MCC", "constant answer", "random", "presser"))
    found = json.loads((out / "compare.json").read_text())
    assert (found["rubric"], found["classifier"], found["tasks"]) == ("lamps", "so-far", 20)
    counting, presser = found["explorers"]
    assert counting["figures"]["accuracy"]["iqm"] == {"value": 1.0, "interval": [1.0, 1.0]}
    assert presser["figures"]["macro_mcc"]["mean"]["value"] <= 1.0
    assert {each["name"] for each in found["controls"]} == {"constant", "random", "scripted"}
    (constant,) = (each for each in found["controls"] if each["name"] == "constant")
    assert constant["figures"]["macro_f1"]["iqm"]["value"] == 0.0
    belief = counting["habits"]["belief"]
    assert belief["of"] == "the true labels"
    assert belief["mean"][0] < belief["mean"][-1]  # what is seen is believed


def test_a_run_that_fails_is_named_with_the_reason(compared, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(compared[0], out)
    checkpoint_file = out / "runs" / "counting-1" / "checkpoint.safetensors"
    checkpoint_file.write_bytes(checkpoint_file.read_bytes()[:100])
    (out / "measured" / "counting-1.json").unlink()
    with pytest.raises(RunError, match=r"the run 'counting-1' failed: Checkpoint .* truncated.* go on with --resume"):
        call("--resume", "--out", out, "--workers", 1)
    assert not (out / "measured" / "counting-1.json").exists()


def test_a_setting_that_makes_no_sense_leaves_nothing_behind(tiny, tmp_path):
    out = tmp_path / "out"
    words = ["--plugin", tiny, "--environment", "doors", "--explorers", "random,counting", "--seeds", 1]
    words += ["--shuffled-ids", "none", "--set", "counting.pause=soon", "--workers", 0, "--out", out]
    with pytest.raises((DreamctlError, ValueError)):
        call(*words)
    assert not out.exists()  # it is built before anything is written


@pytest.mark.parametrize(
    ("words", "kind", "sentence"),
    [
        ([], UsageError, "Compare on what"),
        (["--plugin", "hallway"], UsageError, "Compare whom"),
        (["--resume", "--out", "nowhere"], RunError, "no comparison to go on with"),
        (["--resume", "--out", "nowhere", "--seeds", "3"], UsageError, "leave out --seeds"),
        (["--plugin", "hallway", "--explorers", "dram"], UsageError, "Did you mean 'dream'"),
        (["--plugin", "hallway", "--explorers", "random", "--rubric", "x"], UsageError, "no use for the rubric"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(tmp_path, monkeypatch, words, kind, sentence):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DreamctlError) as caught:
        call(*words)
    assert type(caught.value) is kind
    assert sentence in str(caught.value)
    assert list(tmp_path.iterdir()) == []
