import csv
import json

import pytest
from attrs import evolve

from dreamctl.errors import RunError, UsageError
from dreamctl.grading.files import grade_into
from dreamctl.grading.grade import grader, read_submissions
from dreamctl.records import Inspection, Submission
from dreamctl.runs.directory import load_run

PROGRAMS = [{"id": n % 7, "broken": [n % 2 == 0, n % 3 == 0]} for n in range(12)] + [{"id": "torn"}]


@pytest.fixture
def grading(trained, tmp_path):
    run = load_run(trained())
    path = tmp_path / "programs.json"
    path.write_text(json.dumps(PROGRAMS))
    return grader(run), read_submissions(run, [path])


def test_rows_are_written_in_the_order_of_the_submissions_with_the_documented_names(grading, tmp_path):
    rows = grade_into(tmp_path / "out", *grading)
    lines = [json.loads(line) for line in (tmp_path / "out" / "grades.jsonl").read_text().splitlines()]
    assert lines == rows
    assert [row["submission"] for row in rows] == [program["id"] for program in PROGRAMS]
    assert set(rows[0]) == {
        "schema_version",
        "submission",
        "status",
        "labels",
        "score",
        "max_score",
        "error",
        "provenance",
    }
    assert set(rows[0]["labels"]["lamp-0"]) == {"probability", "verdict", "evidence"}
    assert set(rows[0]["labels"]["lamp-0"]["evidence"]) == {"episode", "step"}
    assert rows[-1]["error"] == {"kind": "not_gradable", "sentence": "programs.json, program torn: it has no lamps."}


def test_the_table_says_what_the_lines_say(grading, tmp_path):
    rows = grade_into(tmp_path / "out", *grading)
    with (tmp_path / "out" / "grades.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [line["submission"] for line in table] == [str(row["submission"]) for row in rows]
    for line, row in zip(table, rows, strict=True):
        assert line["status"] == row["status"]
        assert line["score"] == ("" if row["score"] is None else str(row["score"]))
        for key, item in row["labels"].items():
            assert line[f"labels.{key}.verdict"] == item["verdict"]
            assert float(line[f"labels.{key}.probability"]) == item["probability"]
            place = item["evidence"]
            assert line[f"labels.{key}.step"] == ("" if place is None else str(place["step"]))


def test_what_students_wrote_is_no_formula_and_breaks_no_line_of_the_table(grading, tmp_path):
    names = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "a\rvictim", "a\x1b[31m", 'b"c,d']
    problem = "=HYPERLINK(1)\r\nsecond"
    rows = grade_into(tmp_path / "out", grading[0], [Submission(id=name, problem=problem) for name in names])
    assert [row["submission"] for row in rows] == names
    with (tmp_path / "out" / "grades.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    found = [line["submission"] for line in table]
    assert found == ["'=1+1", "'+1", "'-1", "'@SUM(1)", "'    =1", "a\ufffdvictim", "a\ufffd[31m", 'b"c,d']
    assert {line["error.sentence"] for line in table} == {"'=HYPERLINK(1)\ufffd\nsecond"}


def test_programs_that_would_not_start_have_rows_and_pages_and_are_not_graded_again(grading, tmp_path):
    judged, submissions = grading

    def inspect(params):
        return [Inspection(labels={"lamp-0": True}, problem="no lamp" if any(b) else None) for b, _ in params]

    environment = evolve(judged.run.environment, inspect=inspect)
    judged = evolve(judged, run=evolve(judged.run, parts=evolve(judged.run.parts, environment=environment)))
    rows = grade_into(tmp_path / "out", judged, submissions)
    statuses = {row["submission"]: row["status"] for row in rows}
    assert set(statuses.values()) == {"graded", "not_gradable"}
    assert rows[0]["labels"] == {"lamp-0": {"probability": 1.0, "verdict": "present", "evidence": None}}
    assert len(list((tmp_path / "out" / "pages").iterdir())) == len(rows)
    assert ">12</a> (100.0 %)" in (tmp_path / "out" / "index.html").read_text()  # lamp-0, of all that were looked at
    assert grade_into(tmp_path / "out", judged, submissions, resume=True) == rows


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.77, 0.999, 1.0])
def test_a_kill_at_any_byte_loses_nothing_and_doubles_nothing(grading, tmp_path, share):
    grade_into(tmp_path / "whole", *grading)
    grade_into(tmp_path / "killed", *grading)
    path = tmp_path / "killed" / "grades.jsonl"
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    (tmp_path / "killed" / "grades.csv").unlink()
    grade_into(tmp_path / "killed", *grading, resume=True)
    for name in ("grades.jsonl", "grades.csv"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_grades_are_never_overwritten(grading, tmp_path):
    grade_into(tmp_path / "out", *grading)
    before = (tmp_path / "out" / "grades.jsonl").read_bytes()
    with pytest.raises(UsageError, match="there are grades already, and nothing is overwritten"):
        grade_into(tmp_path / "out", *grading)
    other, submissions = grader(grading[0].run, seed=9), grading[1]
    with pytest.raises(UsageError, match="these grades were begun with seed 0, not 9"):
        grade_into(tmp_path / "out", other, submissions, resume=True)
    assert (tmp_path / "out" / "grades.jsonl").read_bytes() == before


def test_a_program_that_was_changed_is_graded_again_on_resume_and_others_stay(grading, tmp_path):
    judged, submissions = grading
    grade_into(tmp_path / "out", judged, submissions)
    changed = evolve(submissions[0], task=submissions[1].task)
    rows = grade_into(tmp_path / "out", judged, [changed], resume=True)
    assert sum(row["submission"] == changed.id for row in rows) == 1
    assert rows[0]["score"] == 3
    assert len(rows) == 1 + sum(submission.id != changed.id for submission in submissions)


def test_a_table_of_somebody_elses_is_left_alone(grading, tmp_path):
    table = tmp_path / "out" / "grades.csv"
    table.parent.mkdir()
    table.write_text("name,mark\n")
    with pytest.raises(UsageError, match="nothing is overwritten"):
        grade_into(table.parent, *grading)
    assert table.read_text() == "name,mark\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("grades.jsonl", b"3\n"), ("grades.jsonl", b"\xff\n"), ("grades.jsonl", b"{}\n"), ("grading.json", b"[1]")],
)
def test_grades_that_are_none_are_neither_continued_nor_overwritten(grading, tmp_path, name, text):
    grade_into(tmp_path / "out", *grading)
    path = tmp_path / "out" / name
    damaged = text + path.read_bytes() if name == "grades.jsonl" else text
    path.write_bytes(damaged)
    with pytest.raises(RunError, match="cannot be continued"):
        grade_into(tmp_path / "out", *grading, resume=True)
    assert path.read_bytes() == damaged
