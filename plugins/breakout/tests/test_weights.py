"""The weights that the plugin ships."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from attrs import evolve

from dreamctl.errors import SandboxError
from dreamctl.grading.files import grade_into
from dreamctl.grading.grade import check_known, grade, grader, read_submissions
from dreamctl.runs.directory import load_run
from dreamctl_breakout import WEIGHTS
from dreamctl_breakout.known import SMALL
from dreamctl_breakout.reference import references
from dreamctl_breakout.students import program_of

FAULTY = ("paddle_not_held_back",)
SHIPPED = ("campy_globals: every corner that hits counts", "web_dictionary", "tkinter_timer")


@pytest.fixture(scope="module")
def judged():
    try:
        return grader(load_run(WEIGHTS))
    except SandboxError as error:
        pytest.skip(str(error))


def test_known_programs_get_the_verdicts_they_deserve(judged):
    check_known(judged)


def test_programs_that_were_never_learned_from_are_graded_and_one_that_does_not_start_is_not(judged, tmp_path):
    chosen = {reference.name: reference for reference in references() if reference.name in SHIPPED}
    for number, name in enumerate(SHIPPED):
        write(tmp_path / str(number), chosen[name].program)
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "breakout.py").write_text("from graphics import Canvas\n\ndef main(:\n")
    grades = {g.submission: g for some in grade(judged, read_submissions(judged.run, [tmp_path])) for g in some}
    for number, name in enumerate(SHIPPED):
        found = grades[str(number)]
        assert found.status == "graded"
        present = {key for key, item in found.labels.items() if item.verdict == "present"}
        assert chosen[name].labels <= present
        assert len(present - chosen[name].labels) <= 2, "of 34 items"
        assert found.provenance["sandbox"] != "none"
    assert grades["torn"].status == "not_gradable"
    assert "SyntaxError" in grades["torn"].error[1]


def test_a_killed_grading_goes_on_to_the_same_files(judged, tmp_path):
    for number in range(4):
        write(tmp_path / "class" / str(number), program_of(evolve(SMALL, faults=frozenset(FAULTY[number:1]))))
    (tmp_path / "class" / "torn.zip").write_bytes(b"PK")
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    words = ["grade", "--plugin", "breakout", str(tmp_path / "class"), "--out", str(killed), "--workers", "2"]
    process = subprocess.Popen([sys.executable, "-m", "dreamctl", *words], start_new_session=True)
    rows = killed / "grades.jsonl"
    while process.poll() is None and not (rows.exists() and rows.read_bytes()):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert 0 < rows.read_bytes().count(b"\n") < 5
    submissions = read_submissions(judged.run, [tmp_path / "class"])
    for out in (killed, whole):
        grade_into(out, judged, submissions, resume=out == killed)
    found = [{p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()} for out in (killed, whole)]
    assert found[0] == found[1]
    assert len(found[0]) == 4 + 5
    assert b'"film":{' in b"".join(found[0].values())


def write(folder: Path, program) -> None:
    for file, content in program.files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
