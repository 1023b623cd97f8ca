"""Ten thousand malformed programs in every form: each is read or explained in one sentence, and none raises."""

import csv
import gzip
import io
import json
import time
import zipfile
from random import Random

import numpy as np
import pytest

from dreamctl.grading.files import grade_into
from dreamctl.grading.grade import grader
from dreamctl.grading.grade import read_submissions as read_from
from dreamctl.runs.directory import load_run
from dreamctl_bounce import WEIGHTS
from dreamctl_bounce.fast import FastBounce
from dreamctl_bounce.generator import sample_many
from dreamctl_bounce.programs import MOST_COMMANDS, Program
from dreamctl_bounce.reading import MOST_WORDS, SUFFIXES, read_submissions
from dreamctl_bounce.rules import EVENTS

PROGRAMS = [task.params.to_json() for task in sample_many(40, np.random.default_rng(0))]

# Whatever may stand where something else should; texts of JSON, since not all of them can be made by `json.dumps`.
ODD = (
    "null", "true", "0", "-1", "3.5", "1e308", "1e999", "-1e999", "NaN", "-Infinity", "9" * 400, "9" * 5000, '""',
    '"\\u0000"', '"\\ud800"', '"\\u202e"', '"a\\nb"', '"' + "x" * 3000 + '"', '"move lefft"', '"when run"', "[]", "{}",
    "[[]]", "[null]", '["move left", 3]', '{"when run": []}', '{"a": {"b": [1, {}]}}', "[" * 500 + "]" * 500,
    '{"a":' * 500 + "1" + "}" * 500, "[" * 5000, '["move left"' + ', "move left"' * 11_000 + "]",
)  # fmt: skip
FOREIGN = (b'"', b"[", b"]", b"{", b"}", b",", b"'", b"\n", b"\r", b"\0", b"null", b"\\u", b"\xef\xbb\xbf", b"\xff\xfe")
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "utf-8-sig", "latin-1", "cp037")


def record(dice):
    """A good record, with an id, labels and a count or without them."""
    program = dice.choice(PROGRAMS)
    full = {"id": f"id-{dice.random()}", "program": program, "labels": ["whenWall-noBounce"], "submissions": 2}
    return dice.choice([program, full, {"program": program}])


def malformed(dice):
    """The bytes of a record in which one to three things are not as they should be."""
    odd = dice.random() < 0.6
    text = with_odd_parts(record(dice), dice) if odd else json.dumps(record(dice))
    if dice.random() < 0.1:
        return text.encode(dice.choice(ENCODINGS), "replace")
    data = text.encode()
    for _ in range(dice.choice([0, 0, 1, 3]) if odd else dice.choice([1, 2, 3])):
        data = mutated(data, dice)
    return data


def with_odd_parts(value, dice):
    """A record as JSON, where something deep inside has become something else, stands twice, is misspelt or is gone."""
    place = dice.choice(list(places(value)))
    return rewritten(value, place, dice.choice(["replace", "twice", "misspell", "drop"]), dice)


def places(value, path=()):
    yield path
    for name in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[name], (*path, name))


def rewritten(value, path, how, dice):
    if not path:
        return dice.choice(ODD)
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    written = []
    for name, part in parts:
        here = name == path[0]
        inside = here and (len(path) > 1 or how == "replace")
        text = rewritten(part, path[1:], how, dice) if inside else json.dumps(part)
        key = json.dumps(name[:-2] + name[-1:] if here and how == "misspell" and isinstance(name, str) else name)
        text = f"{key}: {text}" if isinstance(value, dict) else text
        if not (here and how == "drop" and len(path) == 1):
            written += [text] * (2 if here and how == "twice" and len(path) == 1 else 1)
    ends = "{}" if isinstance(value, dict) else "[]"
    return ends[0] + ", ".join(written) + ends[1]


def mutated(data, dice):
    """A cut, a repeat, foreign bytes, or an early end."""
    i = dice.randrange(len(data) + 1)
    j = min(len(data), i + dice.randrange(1, 30))
    return dice.choice(
        [
            data[:i] + data[j:],
            data[:j] + data[i:],
            data[:i] + dice.randbytes(dice.randrange(4)) + data[j:],
            data[:i] + dice.choice(FOREIGN) + data[j:],
            data[:i],
        ]
    )


def checked(path):
    """The submissions in `path`; each is a task or a sentence on one line that says in which file."""
    found = list(read_submissions(path))
    for submission in found:
        assert (submission.task is None) == bool(submission.problem)
        assert submission.id.isprintable()
        if submission.problem:
            assert submission.problem.isprintable(), submission.problem
            assert submission.problem.endswith((".", "?"))
            assert len(submission.problem) < 500
    return found


def test_eight_thousand_malformed_lines_are_each_read_or_explained_with_their_number(tmp_path):
    dice = Random(1)
    lines = [malformed(dice).replace(b"\n", b" ").replace(b"\r", b" ") for _ in range(8000)]
    path = tmp_path / "class.jsonl"
    path.write_bytes(b"\n".join(lines))
    filled = [number for number, line in enumerate(lines, 1) if line.strip(b" \t\xef\xbb\xbf")]
    found = checked(path)
    assert len(found) == len(filled)
    failed = 0
    for number, submission in zip(filled, found, strict=True):
        if submission.problem and "stands twice; ids" not in submission.problem:
            failed += 1
            assert submission.problem.startswith(f"class.jsonl, line {number}: ")
    assert 6000 < failed < 8000


def test_three_thousand_malformed_files_of_every_form_are_each_read_or_explained(tmp_path):
    dice = Random(2)
    for number in range(3000):
        suffix = SUFFIXES[number % len(SUFFIXES)]
        path = tmp_path / f"{number}{suffix}"  # a new file each time: writing over one waits for the disk
        data = packed(malformed(dice), suffix, dice)
        path.write_bytes(mutated(data, dice) if dice.random() < 0.4 else data)
        found = checked(path)
        path.unlink()
        assert found
        for submission in found:
            assert not submission.problem or path.name in submission.problem or "stands twice" in submission.problem


def packed(data, suffix, dice):
    """The bytes of a file of that form which holds a malformed program."""
    if suffix == ".zip":
        archive = io.BytesIO()
        way = dice.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
        with zipfile.ZipFile(archive, "w", way) as writer:
            writer.writestr(dice.choice(["a.json", "b.jsonl", "c.csv", "d.txt", "../e.json"]), data)
        return archive.getvalue()
    if ".csv" in suffix:
        data = table([data.decode("utf-8", "replace")], dice).encode()
    return gzip.compress(data, 1) if suffix.endswith(".gz") else data


def test_two_thousand_malformed_cells_are_each_read_or_explained_with_their_row(tmp_path):
    dice = Random(3)
    cells = [repr_of_malformed(dice) for _ in range(2000)]
    path = tmp_path / "table.csv"
    path.write_text(table(cells, dice), newline="", errors="replace")
    found = checked(path)
    assert len(found) == len(cells)
    for number, submission in enumerate(found, 1):
        assert submission.id == f"{number}" or submission.problem
        assert not submission.problem or submission.problem.startswith(f"table.csv, row {number}: ")
    assert sum(submission.task is None for submission in found) > 1500


def repr_of_malformed(dice):
    text = malformed(dice).decode("utf-8", "replace").replace("\0", " ")
    return text.replace('"', "'") if dice.random() < 0.7 else text


def table(cells, dice):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["Program", "Multi-Error Label", "Submission Count"])
    for cell in cells:
        labels = dice.choice(["[]", "", "correct", "['whenWall-noBounce']", "['whenWall-noBonce']", "[[["])
        count = dice.choice(["1", "1", "", "-3", "1e400", "nan", "many", "\N{SUPERSCRIPT TWO}"])
        writer.writerow([cell, labels, count])
    return stream.getvalue()


def test_a_mixed_folder_gives_a_row_for_every_file_and_good_ones_are_not_harmed(tmp_path):
    dice = Random(4)
    for number in range(100):
        (tmp_path / f"bad-{number}.json").write_bytes(malformed(dice))
        (tmp_path / f"good-{number}.json").write_text(json.dumps(PROGRAMS[number % len(PROGRAMS)]))
        (tmp_path / f"noise-{number}{SUFFIXES[number % len(SUFFIXES)]}").write_bytes(dice.randbytes(300))
    found = checked(tmp_path)
    good = {submission.id: submission.task.params for submission in found if submission.id.startswith("good")}
    assert good == {f"good-{n}.json": Program.from_json(PROGRAMS[n % len(PROGRAMS)]) for n in range(100)}
    assert len(found) >= 300


@pytest.mark.parametrize("name", EVENTS)
def test_whatever_stands_under_an_event_the_sentence_names_the_event_and_the_command(name, tmp_path):
    program = {**PROGRAMS[0], name: ["move left", "move lefft"]}
    (tmp_path / "p.json").write_text(json.dumps(program))
    (found,) = checked(tmp_path / "p.json")
    assert found.problem.startswith(f"p.json: event '{name}', command 2: 'move lefft' is not a command.")


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        (["launch new ball"] * MOST_COMMANDS, 1),
        (["move left", "move right"] * (MOST_WORDS // 2), MOST_WORDS),
        (["move left", "move right"] * (MOST_WORDS // 2) + ["move left"], None),
    ],
)
def test_a_program_of_the_greatest_length_is_played_if_its_runs_are_few_and_explained_if_they_are_many(
    commands, words, tmp_path
):
    (tmp_path / "p.json").write_text(json.dumps({**{event: [] for event in EVENTS}, "when run": commands}))
    (found,) = checked(tmp_path / "p.json")
    if words is None:
        assert f"at most {MOST_WORDS} are played" in found.problem
    else:
        assert len(found.task.params.code[0]) == words


LEFT_RIGHT, SPEEDS = ("move left", "move right"), ("set 'random' ball speed", "set 'random' paddle speed")
TEN_BALLS = {
    "when run": ["launch new ball"] * 10,
    "when left arrow": [],
    "when right arrow": [],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": [],  # the balls leave through it, and are at it from then on
    "when ball in goal": ["launch new ball"],
    "when ball misses paddle": ["launch new ball"],
}
WORST = {
    "the longest run of launches": {**TEN_BALLS, "when ball hits wall": ["launch new ball"] * 9900},
    "random speeds at every wall, for ten balls": {**TEN_BALLS, "when ball hits wall": [*SPEEDS] * 490},
    "to and fro at every wall": {**TEN_BALLS, "when ball hits wall": [*LEFT_RIGHT] * 490},
    "to and fro with either key": {
        **TEN_BALLS,
        "when left arrow": [*LEFT_RIGHT] * 245,
        "when right arrow": [*LEFT_RIGHT] * 245,
    },
    "points and launches everywhere": {event: ["score point", "launch new ball"] * 70 for event in EVENTS},
}


@pytest.mark.parametrize("odd", WORST)
def test_no_program_slows_its_batch_out_of_proportion(odd):
    """One such program among 255 ordinary ones costs less than the others together."""
    ordinary = [Program.from_json(PROGRAMS[n % len(PROGRAMS)]) for n in range(256)]
    with_odd = [*ordinary[:-1], Program.from_json(WORST[odd])]
    seconds = {True: [], False: []}
    for turn in range(8):
        programs = with_odd if turn % 2 else ordinary
        seconds[bool(turn % 2)].append(played(programs))
    assert min(seconds[True]) < 2 * min(seconds[False])


def played(programs):
    """Seconds of an episode of 100 steps each."""
    simulator, rows = FastBounce(len(programs)), np.arange(len(programs))
    actions = np.random.default_rng(0).integers(3, size=(100, len(programs)))
    begun = time.process_time()
    simulator.reset(programs, rows.astype(np.uint64), rows)
    for action in actions:
        simulator.step(action)
    return time.process_time() - begun


def test_what_cannot_be_read_is_a_row_of_grades_with_its_reason_and_odd_programs_are_graded(tmp_path):
    dice = Random(5)
    good = [{"id": f"odd {name}", "program": program} for name, program in WORST.items()]
    lines = [malformed(dice).replace(b"\n", b" ").replace(b"\r", b" ") for _ in range(60)]
    (tmp_path / "class.jsonl").write_bytes(b"\n".join([*lines, *(json.dumps(each).encode() for each in good)]))
    run = load_run(WEIGHTS, device="cpu")
    judge = grader(run, evidence=False)
    submissions = read_from(run, [tmp_path / "class.jsonl"])
    rows = grade_into(tmp_path / "grades", judge, submissions)
    assert [row["submission"] for row in rows] == [submission.id for submission in submissions]
    for row, submission in zip(rows, submissions, strict=True):
        assert row["status"] == ("graded" if submission.task else "not_gradable")
        assert (row["error"] or {}).get("sentence") == submission.problem
    assert sum(row["status"] == "not_gradable" for row in rows) > 40
    assert all(row["status"] == "graded" for row in rows if row["submission"].startswith("odd "))
