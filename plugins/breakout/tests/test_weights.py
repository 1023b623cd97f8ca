"""The weights that the plugin ships."""

from pathlib import Path

import pytest

from dreamctl.errors import SandboxError
from dreamctl.grading.grade import check_known, grade, grader, read_submissions
from dreamctl.runs.directory import load_run
from dreamctl_breakout import WEIGHTS
from dreamctl_breakout.reference import references

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


def write(folder: Path, program) -> None:
    for file, content in program.files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
