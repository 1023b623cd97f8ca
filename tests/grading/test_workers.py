"""Several processes grade as one does, whatever becomes of them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import attrs
import pytest

from dreamctl.errors import RunError
from dreamctl.grading import files as files_of_grades
from dreamctl.grading import grade as grading
from dreamctl.grading import workers
from dreamctl.grading.files import grade_into
from dreamctl.grading.grade import grader, read_submissions
from dreamctl.records import Submission
from dreamctl.runs.directory import load_run

PROGRAMS = [{"id": f"p{n}", "broken": [n % 2 == 0, n % 3 == 0]} for n in range(12)]
PROGRAMS += [{"id": "torn"}, {"id": "on fire", "broken": [True, True], "crashing": True}]


@pytest.fixture
def run(trained):
    return load_run(trained())


@pytest.fixture
def submissions(run, tmp_path):
    path = tmp_path / "programs.json"
    path.write_text(json.dumps(PROGRAMS))
    return read_submissions(run, [path])


@pytest.fixture(autouse=True)
def _two_programs_a_shard(monkeypatch):
    monkeypatch.setattr(grading, "together", lambda grader: 2)
    monkeypatch.setattr(files_of_grades, "together", lambda grader: 2)


def files(directory):
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def _loaded_anew(monkeypatch):
    """Where other tests have run, threads have too; copies are tested by the command itself."""
    monkeypatch.setattr(workers, "_may_be_copied", lambda device: False)


class Deadly:
    """What a program holds that ends the process which reads it, as one that takes all memory would."""

    def __reduce__(self):
        return os._exit, (7,)


def test_two_processes_write_the_same_bytes_as_one(run, submissions, tmp_path):
    for count in (1, 2):
        grade_into(tmp_path / str(count), grader(run), submissions, workers=count)
    assert files(tmp_path / "1") == files(tmp_path / "2")


def test_a_process_that_dies_is_replaced_and_only_its_shard_is_given_up(run, submissions, tmp_path):
    good = {row["submission"]: row for row in grade_into(tmp_path / "good", grader(run), submissions)}
    bad = Submission(id="bad", task=attrs.evolve(submissions[0].task, key="bad", params=((True, True), Deadly())))
    held = Submission(id="held", task=attrs.evolve(bad.task, key="held", params=lambda: "cannot be pickled"))
    rows = grade_into(tmp_path / "out", grader(run), [held, *submissions, bad], workers=2)
    lost = {row["submission"]: row for row in rows if row["error"] and row["error"]["kind"] == "worker"}
    assert {"bad", "held"} <= set(lost)
    assert len(lost) <= 4
    assert "they cannot be told to a process" in lost["held"]["error"]["sentence"]
    assert "its process ended with code 7" in lost["bad"]["error"]["sentence"]
    assert [row for row in rows if row["submission"] not in lost] == [
        row for name, row in good.items() if name not in lost
    ]


def test_processes_that_cannot_begin_are_an_error_and_no_grades(run, submissions, tmp_path):
    elsewhere = attrs.evolve(run, directory=tmp_path / "gone")
    judged = attrs.evolve(grader(run), run=elsewhere)
    with pytest.raises(RunError, match="before it began; give --workers 1"):
        grade_into(tmp_path / "out", judged, submissions, workers=2)


def test_another_process_is_started_only_where_it_is_worth_it(monkeypatch):
    monkeypatch.setattr(workers, "usable_cores", lambda: 4)
    worth = [workers.worth_starting(programs, 1024) for programs in (0, 500, 1023, 1024, 1536, 100_000)]
    assert worth == [1, 1, 1, 2, 3, 4]
    assert workers.worth_starting(12, 4) == 4


@pytest.mark.parametrize(
    ("count", "processes", "sizes"), [(0, 2, []), (3, 2, [2, 1]), (5, 1, [2, 2, 1]), (9, 2, [2] * 4 + [1])]
)
def test_programs_are_dealt_out_evenly_and_none_is_lost(submissions, count, processes, sizes):
    each = [[submission] for submission in submissions[:count]]
    dealt = grading.shards(each, processes, 2)
    assert [len(shard) for shard in dealt] == sizes
    assert [program for shard in dealt for program in shard] == each


def children_of(pid):
    """The processes below a process, whatever they are."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(child) for child in found] + [below for child in found for below in children_of(child)]


def alive(pids):
    """Those that still run; what has ended and is not yet cleared away does not."""
    asked = ["ps", "-o", "pid=,stat=", "-p", ",".join(map(str, pids))]
    lines = subprocess.run(asked, capture_output=True, text=True).stdout.splitlines()
    return [line for line in lines if not line.split()[1].startswith("Z")]


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_killed_grading_leaves_no_process_and_resumes_to_the_same_files(run, trained, tmp_path, sent):
    kinds = [(first, second, fire) for first in (True, False) for second in (True, False) for fire in (True, False)]
    programs = [{"id": f"p{n}", "broken": kind[:2], "crashing": kind[2]} for n, kind in enumerate(kinds * 3)]
    (tmp_path / "programs.json").write_text(json.dumps(programs))
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import sys\n"
        "from dreamctl.cli.main import main\n"
        "from dreamctl.grading import files\n"
        "if __name__ == '__main__':\n"
        "    files.together = lambda grader: 1\n"
        "    main()\n"
    )
    words = ["grade", "--run", str(trained()), str(tmp_path / "programs.json"), "--workers", "2"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    words += ["--out", str(killed)]
    begun = subprocess.Popen(
        [sys.executable, slow, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    grades = killed / "grades.jsonl"
    while not grades.exists() or not grades.stat().st_size:
        assert begun.poll() is None
        time.sleep(0.02)
    below = children_of(begun.pid)
    assert len(below) >= 2
    begun.send_signal(sent)
    begun.wait(timeout=30)
    for _ in range(200):
        if not alive(below):
            break
        time.sleep(0.05)
    assert not alive(below)
    for out in (killed, whole):
        grade_into(out, grader(run), read_submissions(run, [tmp_path / "programs.json"]), resume=out == killed)
    assert files(killed) == files(whole)
