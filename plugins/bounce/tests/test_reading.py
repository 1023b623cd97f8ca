import csv
import gzip
import json
import os
import zipfile

import numpy as np
import pytest

from dreamctl import InputError
from dreamctl_bounce.generator import sample
from dreamctl_bounce.labels import LABELS, labels
from dreamctl_bounce.programs import MOST_COMMANDS, Program, balls
from dreamctl_bounce.reading import MOST_BYTES, read_submissions, read_tasks
from dreamctl_bounce.rules import EVENTS

EMPTY = {event: [] for event in EVENTS}
RIGHT = {
    **EMPTY,
    "when run": ["launch new ball"],
    "when left arrow": ["move left"],
    "when right arrow": ["move right"],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": ["bounce ball"],
    "when ball in goal": ["score point", "launch new ball"],
    "when ball misses paddle": ["score opponent point", "launch new ball"],
}
BLANK = b" " * 9999 + b"\n"
PROGRAMS = [sample(np.random.default_rng(seed)).params for seed in range(5)]


def only(path):
    submissions = list(read_submissions(path))
    assert len(submissions) == 1
    return submissions[0]


def problem(tmp_path, content, name="p.json"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    submission = only(path)
    assert submission.task is None
    assert "\n" not in submission.problem
    return submission.problem


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def write_csv(path, rows, columns=("Program", "Distribution Label", "Binary Error Label", "Multi-Error Label")):
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*columns, "Submission Count"])
        for row in rows:
            stream.write("\r\n") if not row else writer.writerow(row)


def test_a_json_file_is_a_program_named_by_its_file(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(PROGRAMS[0].to_json(), indent=2))
    submission = only(path)
    assert submission.id == "mine.json"
    assert submission.task.params == PROGRAMS[0]
    assert submission.task.labels == {}


@pytest.mark.parametrize("packed", [False, True])
def test_json_lines_carry_ids_labels_and_submission_counts(tmp_path, packed):
    record = {"id": "a", "program": PROGRAMS[0].to_json(), "labels": ["whenWall-noBounce"], "submissions": 7}
    text = lines(record, {"program": PROGRAMS[1].to_json()}, PROGRAMS[2].to_json())
    path = tmp_path / ("p.jsonl.gz" if packed else "p.jsonl")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    first, second, third = read_tasks(path)
    assert (first.key, first.weight, first.params) == ("a", 7.0, PROGRAMS[0])
    assert [label for label in LABELS if first.labels[label]] == ["whenWall-noBounce"]
    assert (second.key, second.weight, second.labels) == (f"{path.name}:2", 1.0, labels(PROGRAMS[1]))
    assert (third.key, third.params) == (f"{path.name}:3", PROGRAMS[2])


@pytest.mark.parametrize("form", ["csv", "csv.gz", "zip"])
def test_the_published_table_is_read_and_rows_are_named_by_number(tmp_path, form):
    table = tmp_path / "programs.csv"
    rows = [
        [repr(PROGRAMS[0].to_json()), "body", "broken", "['whenWall-noBounce', 'whenGoal-noPlayerScore']", "12"],
        [repr(PROGRAMS[1].to_json()), "tail", "correct", "[]", "1"],
    ]
    write_csv(table, rows)
    path = table
    if form == "csv.gz":
        path = tmp_path / "p.csv.gz"
        path.write_bytes(gzip.compress(table.read_bytes()))
    if form == "zip":
        path = tmp_path / "p.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(table, "data/programs.csv")
            archive.writestr("__MACOSX/._programs.csv", b"\0")
    first, second = read_tasks(path)
    assert (first.key, first.weight, first.params) == ("1", 12.0, PROGRAMS[0])
    assert {label for label in LABELS if first.labels[label]} == {"whenWall-noBounce", "whenGoal-noPlayerScore"}
    assert (second.key, second.params, any(second.labels.values())) == ("2", PROGRAMS[1], False)


def test_a_folder_is_read_in_order_with_its_sub_folders_and_without_hidden_files(tmp_path):
    for name in ("b.json", "a.json", "sub/c.json", ".hidden.json", ".git/d.json", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(EMPTY))
    assert [submission.id for submission in read_submissions(tmp_path)] == ["a.json", "b.json", "sub/c.json"]


def test_tables_in_a_folder_do_not_share_ids(tmp_path):
    for name in ("a.csv", "b.csv"):
        write_csv(tmp_path / name, [[repr(EMPTY), "", "", "[]", "1"], [], [repr(EMPTY), "", "", "[]", "1"]])
    assert [task.key for task in read_tasks(tmp_path)] == ["a.csv:1", "a.csv:3", "b.csv:1", "b.csv:3"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(tmp_path):
    text = lines({"id": "a", "program": EMPTY}, {"id": "b", "program": EMPTY}).replace("\n", "\r\n\r\n")
    path = tmp_path / "p.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [task.key for task in read_tasks(path)] == ["a", "b"]
    path = tmp_path / "p.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(EMPTY, indent=1).replace("\n", "\r\n").encode())
    assert only(path).task.params == Program.from_json(EMPTY)


def test_a_sentence_names_the_file_the_event_the_command_and_the_nearest_spelling(tmp_path):
    bad = {**EMPTY, "when ball in goal": ["score point", "luanch new ball"]}
    assert problem(tmp_path, json.dumps(bad)) == (
        "p.json: event 'when ball in goal', command 2: 'luanch new ball' is not a command."
        " Did you mean 'launch new ball'?"
    )
    second = problem_of_second(tmp_path, lines({"id": "a", "program": EMPTY}, {"id": "b", "program": bad}))
    assert second.id == "b"
    assert second.problem.startswith("p.jsonl, line 2: event 'when ball in goal', command 2: ")


def problem_of_second(tmp_path, text):
    path = tmp_path / "p.jsonl"
    path.write_text(text)
    first, second = read_submissions(path)
    assert first.task is not None
    assert second.task is None
    return second


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"\xff\x00\x01", "not UTF-8 text (byte 1)"),
        ("{}".encode("utf-16"), "this is UTF-16 text; save it as UTF-8"),
        (b"\x00\x01", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 10_000, "not JSON that can be read"),
        (b"[]", "this is a list"),
        (b"null", "this is null"),
        (b"NaN", "this is a number"),
        (b'"when run"', "this is a text"),
        (json.dumps({**EMPTY, "when rnu": []}), "'when rnu' is not an event. Did you mean 'when run'?"),
        (json.dumps({event: [] for event in EVENTS[1:]}), "the event 'when run' is missing"),
        (json.dumps({**EMPTY, "when run": "move left"}), "event 'when run': expected a list of commands"),
        (
            json.dumps({**EMPTY, "when run": [1]}),
            "event 'when run', command 1: expected a command, but this is a number",
        ),
        (json.dumps({**EMPTY, "when run": [["move left"]]}), "this is a list"),
        (json.dumps({**EMPTY, "when run": ["\ud800"]}), "is not a command"),
        (json.dumps({**EMPTY, "when run": ["x" * 10_000]}), "is not a command"),
        (json.dumps({**EMPTY, "when run": ["move left"] * (MOST_COMMANDS + 1)}), "10001 commands"),
        ('{"when run": [], "when run": []}', "'when run' stands twice"),
        (b" " * (MOST_BYTES + 1), "longer than 5,000,000 bytes"),
    ],
)
def test_a_malformed_file_becomes_one_sentence(tmp_path, content, sentence):
    assert sentence in problem(tmp_path, content)


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ({"id": [], "program": EMPTY}, "'id' is a text, but this is a list"),
        ({"id": "a\nb", "program": EMPTY}, "'id' is a short text"),
        ({"id": "\ud800", "program": EMPTY}, "'id' is a short text"),
        ({"program": EMPTY, "labels": ["whenWall-noBonce"]}, "Did you mean 'whenWall-noBounce'?"),
        ({"program": EMPTY, "labels": 3}, "'labels' is a list of labels"),
        ({"program": EMPTY, "labels": {"whenWall-noBounce": 1}}, "is true or false"),
        ({"program": EMPTY, "submissions": "many"}, "'submissions' is a number above 0"),
        ({"program": EMPTY, "submissions": float("nan")}, "'submissions' is a number above 0"),
        ({"program": None}, "this is null"),
    ],
)
def test_a_malformed_record_becomes_one_sentence(tmp_path, record, sentence):
    assert sentence in problem(tmp_path, lines(record), "p.jsonl")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["{'when run': [}"], "not JSON"),
        (["__import__('os').getcwd()"], "not a Python dictionary"),
        ([""], "there is no program"),
        (["((((" * 100_000], "not a Python dictionary"),
        ([repr(EMPTY), "", "", "['whenWall-noBonce']", "1"], "is not a label"),
        ([repr(EMPTY), "", "", "[]", "many"], "the submission count is 'many'"),
    ],
)
def test_a_malformed_row_becomes_one_sentence_and_the_next_is_read(tmp_path, row, sentence):
    path = tmp_path / "p.csv"
    write_csv(path, [row, [repr(PROGRAMS[0].to_json()), "body", "broken", "[]", "1"]])
    bad, good = read_submissions(path)
    assert bad.problem.startswith("p.csv, row 1: ")
    assert sentence in bad.problem
    assert good.id == "2"
    assert good.task.params == PROGRAMS[0]


def test_files_that_are_broken_off_say_so(tmp_path):
    whole = gzip.compress(lines({"id": "a", "program": EMPTY}).encode() * 2000)
    path = tmp_path / "p.jsonl.gz"
    path.write_bytes(whole[:-20])
    assert list(read_submissions(path))[-1].problem.startswith("p.jsonl.gz: cannot be read (")
    assert "cannot be read" in problem(tmp_path, b"PK\x03\x04 and more", "p.zip")
    assert "column 'Program'" in problem(tmp_path, b"a,b\n1,2\n", "p.csv")
    assert "empty" in problem(tmp_path, b"", "p.jsonl")
    assert "empty" in problem(tmp_path, b"\n \n", "blank.jsonl")
    assert "the table has no row" in problem(tmp_path, b"Program\n", "header.csv")


def test_an_id_that_stands_twice_is_refused_the_second_time(tmp_path):
    second = problem_of_second(tmp_path, lines({"id": "a", "program": EMPTY}, {"id": "a", "program": EMPTY}))
    assert "'a' stands twice" in second.problem


def test_what_is_not_there_is_an_input_error_at_once(tmp_path):
    for read in (read_submissions, read_tasks):
        with pytest.raises(InputError, match=r"nothing\.json: cannot be read"):
            read(tmp_path / "nothing.json")
    with pytest.raises(InputError, match="no program"):
        read_tasks(tmp_path)
    (tmp_path / "p.json").write_text("{")
    with pytest.raises(InputError, match=r"p\.json: not JSON"):
        read_tasks(tmp_path / "p.json")


def test_what_unpacks_to_far_more_than_programs_do_is_given_up(tmp_path):
    bomb = gzip.compress(BLANK * 1200)
    assert len(bomb) < 50_000
    assert "unpacks to far more" in problem(tmp_path, bomb, "p.jsonl.gz")
    assert "longer than 5,000,000 bytes" in problem(tmp_path, gzip.compress(b" " * 5_500_000), "line.jsonl.gz")
    assert "longer than 5,000,000 bytes" in problem(tmp_path, gzip.compress(b" " * 5_500_000), "p.json.gz")
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(b"Program\n" + BLANK * 1200))
    assert "unpacks to far more" in list(read_submissions(tmp_path / "p.csv.gz"))[-1].problem
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p.jsonl", BLANK * 1200)
    assert "unpacks to far more" in only(tmp_path / "p.zip").problem
    assert "line 1: not CSV (the next line is longer than" in problem(
        tmp_path, b"Program\n" + b"," * 6_000_000, "p.csv"
    )


def test_a_link_that_leads_nowhere_is_a_row_and_a_pipe_is_passed_over(tmp_path):
    (tmp_path / "lost.json").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe.json")
    assert only(tmp_path).problem == "lost.json: cannot be read (No such file or directory)."


def test_names_of_files_are_told_on_one_line_that_can_be_printed(tmp_path):
    (tmp_path / "a\nb\x1b[31m.json").write_text("{")
    assert only(tmp_path).id == "a b\N{REPLACEMENT CHARACTER}[31m.json"


@pytest.mark.skipif("DREAMCTL_BOUNCE_DATA" not in os.environ, reason="no folder of real programs was given")
def test_the_rules_give_the_labels_of_the_released_programs():
    tasks = read_tasks(os.environ["DREAMCTL_BOUNCE_DATA"])
    wrong = [task.key for task in tasks if task.labels != labels(task.params)]
    assert len(wrong) <= 1


def test_body_and_tail_are_as_the_table_says_or_as_the_submissions_do(tmp_path):
    table, several = tmp_path / "table.csv", tmp_path / "lines.jsonl"
    columns = ("Program", "Distribution Label", "Multi-Error Label")
    write_csv(table, [[RIGHT, "Body", "[]", 3], [RIGHT, "", "[]", 11], [RIGHT, "tail", "[]", 99]], columns)
    records = [{"program": RIGHT, "submissions": 10}, {"program": RIGHT, "submissions": 11}, {"program": RIGHT}]
    several.write_text(lines(*records))
    assert [task.groups.get("distribution") for task in read_tasks(table)] == ["body", "body", "tail"]
    assert [task.groups.get("distribution") for task in read_tasks(several)] == ["tail", "body", None]


def test_balls_are_many_where_three_can_fly_at_once():
    launch = "launch new ball"
    changes = [
        ({}, "fewer"),
        ({"when run": [launch] * 2}, "fewer"),
        ({"when run": [launch] * 3}, "3 or more"),
        ({"when ball hits wall": [launch]}, "3 or more"),
        ({"when ball in goal": [launch] * 5}, "fewer"),  # they put the same ball back
    ]
    for change, expected in changes:
        assert balls(Program.from_json({**RIGHT, **change})) == expected
