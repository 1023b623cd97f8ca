"""Grades as files: JSON lines that a kill can interrupt at any byte, a table for spreadsheets, and pages for people."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from ..errors import RunError, UsageError, printable
from ..records import Rubric, Submission
from ..runs.checkpoint import replace
from ..runs.directory import write_json
from ..runs.progress import Progress
from .class_page import class_page
from .grade import Grader, check_known, grade_shard, not_gradable, programs, shards, together, trial_seed
from .pages import PAGES, Pages
from .rows import SCHEMA, written
from .workers import in_processes, worth_starting

GRADES, TABLE, ABOUT, CLASS = "grades.jsonl", "grades.csv", "grading.json", "index.html"


def grade_into(
    directory: Path,
    grader: Grader,
    submissions: Sequence[Submission],
    *,
    resume: bool = False,
    progress: Progress | None = None,
    pages: bool = True,
    workers: int | None = 1,
) -> list[dict[str, Any]]:
    """Grade into `grades.jsonl` and `grades.csv` in `directory`; returns the rows in the order of the submissions.

    Rows are appended as they are found. With `resume`, complete rows that are there already are kept, each standing
    for one submission of its name and program, and only the others are graded: nothing is lost, nothing is there
    twice.
    With `pages`, there is also a page for each submission, written before its row is, and one for the class. A row
    without its page is graded again.
    `workers` is a number of processes, None as many as are worth it; it changes nothing in what is written.
    """
    grader = attrs.evolve(grader, traces=pages)
    about = {"schema_version": SCHEMA, **grader.provenance, "risk": grader.risk}
    path = directory / GRADES
    writer = Pages(folder=directory / PAGES, environment=grader.run.environment, rubric=grader.rubric)
    rows = _open(directory, about, resume, writer.has if pages else lambda row: True)
    names = [(submission.id, trial_seed(grader, submission)) for submission in submissions]
    done = Counter(_name(row) for row in rows)
    left = []
    for name, submission in zip(names, submissions, strict=True):
        done[name] -= 1
        if done[name] < 0:
            left.append(submission)
    if progress is not None:
        progress.begin("grading", len(rows) + len(left), len(rows))
    check = check_known if left else lambda grader: None
    check(grader)
    with path.open("a", encoding="utf-8") as file:
        for found in _graded(grader, writer if pages else None, left, workers):
            file.write("".join(json.dumps(row) + "\n" for row in found))
            file.flush()
            rows += found
            if progress is not None:
                progress.at(len(rows), {})
    check(grader)
    rows = _in_order(rows, names)
    replace(path, "".join(json.dumps(row) + "\n" for row in rows).encode())
    replace(directory / TABLE, to_table(rows, grader.rubric).encode("utf-8", "replace"))
    if pages:
        writer.tidy(rows)
        replace(directory / CLASS, class_page(rows, grader.rubric).encode("utf-8", "replace"))
    return rows


def _graded(
    grader: Grader, writer: Pages | None, submissions: Sequence[Submission], workers: int | None
) -> Iterator[list[dict[str, Any]]]:
    """Rows, some at a time; the pages of those that are yielded are written."""
    unreadable = written(not_gradable(grader, submissions), writer)
    if unreadable:
        yield unreadable
    every = programs(submissions)
    most = together(grader)
    count = worth_starting(len(every), most) if workers is None else min(workers, len(every))
    if count > 1:
        yield from in_processes(grader, writer, shards(every, count, most), count)
    else:
        for shard in shards(every, most=most):
            yield written(grade_shard(grader, shard), writer)


def to_table(rows: Iterable[Mapping[str, Any]], rubric: Rubric) -> str:
    """The rows as CSV: one line a submission; for each item its verdict, probability, and the place of its evidence."""
    text = io.StringIO()
    fields = ("verdict", "probability", "episode", "step")
    names = [f"labels.{key}.{name}" for key in rubric.keys for name in fields]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["schema_version", "submission", "status", "score", "max_score", *names, "error.kind", "error.sentence"]
    )
    for row in rows:
        cells: list[Any] = []
        for key in rubric.keys:
            item = row["labels"].get(key) or {}
            place = item.get("evidence") or {}
            cells += [item.get("verdict"), item.get("probability"), place.get("episode"), place.get("step")]
        error = row["error"] or {}
        head = [row["schema_version"], _text(row["submission"]), row["status"], row["score"], row["max_score"]]
        writer.writerow([*head, *cells, error.get("kind"), _text(error.get("sentence"))])
    return text.getvalue()


def _text(said: Any) -> Any:
    """What students wrote, as a text: what a spreadsheet would take for a formula gets an apostrophe in front."""
    if not isinstance(said, str):
        return said
    shown = printable(said)
    return f"'{shown}" if shown.lstrip().startswith(("=", "+", "-", "@")) else shown


def _open(
    directory: Path, about: Mapping[str, Any], resume: bool, whole: Callable[[Mapping[str, Any]], bool]
) -> list[dict[str, Any]]:
    """The complete rows that are kept, of those that are `whole`; makes the directory where there is none."""
    path = directory / GRADES
    if not path.exists():
        there = next((name for name in (TABLE, CLASS, PAGES) if (directory / name).exists()), None)
        if there is not None:
            raise UsageError(
                f"{directory / there}: it is there already, without the {GRADES} it would belong to, "
                "and nothing is overwritten; choose another --out."
            )
        directory.mkdir(parents=True, exist_ok=True)
        write_json(directory / ABOUT, about)
        return []
    if not resume:
        raise UsageError(
            f"{path}: there are grades already, and nothing is overwritten; add --resume, or choose another --out."
        )
    try:
        before = dict(json.loads((directory / ABOUT).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{directory / ABOUT}: it cannot be read, so the grades cannot be continued.") from error
    for name, value in about.items():
        if before.get(name) != value:
            raise UsageError(
                f"{directory}: these grades were begun with {name} {before.get(name)!r}, not {value!r}; "
                "choose another --out."
            )
    rows = [row for row in _complete(path) if whole(row)]
    replace(path, "".join(json.dumps(row) + "\n" for row in rows).encode())
    return rows


def _complete(path: Path) -> list[dict[str, Any]]:
    """The rows that are whole: a kill can cut the last one short, and any other damage is refused."""
    rows = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            rows.append(json.loads(line))
            _name(rows[-1])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise RunError(
                f"{path}, line {number}: it is no grade of dreamctl's, so the grades cannot be continued; "
                "mend the line, or choose another --out."
            ) from error
    return rows


def _name(row: Mapping[str, Any]) -> tuple[Any, str | None]:
    """What a row stands for: a submission's id, and its program by the seed that it was played with."""
    return row["submission"], row["provenance"].get("trial_seed")


def _in_order(rows: list[dict[str, Any]], names: Sequence[tuple[Any, str | None]]) -> list[dict[str, Any]]:
    """The rows as the submissions came, then those of submissions that were given earlier and not now.

    A row of a program that has changed since is left out, since its submission has been graded again.
    """
    waiting: dict[tuple[Any, str | None], list[dict[str, Any]]] = {}
    for row in rows:
        waiting.setdefault(_name(row), []).append(row)
    ordered = [waiting[name].pop(0) for name in names]
    now = {submission for submission, _ in names}
    return ordered + [row for left in waiting.values() for row in left if row["submission"] not in now]
