"""Grades as files: JSON lines that a kill can interrupt at any byte, and a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import RunError, UsageError
from ..records import Grade, ItemGrade, Rubric, Submission
from ..runs.checkpoint import replace
from ..runs.directory import write_json
from .grade import Grader, grade, trial_seed

GRADES, TABLE, ABOUT = "grades.jsonl", "grades.csv", "grading.json"
SCHEMA = 1


def grade_into(
    directory: Path, grader: Grader, submissions: Sequence[Submission], *, resume: bool = False, report: Any = None
) -> list[dict[str, Any]]:
    """Grade into `grades.jsonl` and `grades.csv` in `directory`; returns the rows in the order of the submissions.

    Rows are appended as they are found. With `resume`, complete rows that are there already are kept, each standing
    for one submission of its name and program, and only the others are graded: nothing is lost, nothing is there
    twice.
    """
    about = {"schema_version": SCHEMA, **grader.provenance, "risk": grader.risk}
    path = directory / GRADES
    rows = _open(directory, about, resume)
    names = [(submission.id, trial_seed(grader, submission)) for submission in submissions]
    done = Counter(_name(row) for row in rows)
    left = []
    for name, submission in zip(names, submissions, strict=True):
        done[name] -= 1
        if done[name] < 0:
            left.append(submission)
    with path.open("a", encoding="utf-8") as file:
        for grades in grade(grader, left):
            found = [to_row(each) for each in grades]
            file.write("".join(json.dumps(row) + "\n" for row in found))
            file.flush()
            rows += found
            if report is not None:
                report(len(rows), {})
    rows = _in_order(rows, names)
    replace(path, "".join(json.dumps(row) + "\n" for row in rows).encode())
    replace(directory / TABLE, to_table(rows, grader.rubric).encode())
    return rows


def to_row(grade: Grade) -> dict[str, Any]:
    """A line of `grades.jsonl`."""
    return {
        "schema_version": SCHEMA,
        "submission": grade.submission,
        "status": grade.status,
        "labels": {key: _item(item) for key, item in grade.labels.items()},
        "score": grade.score,
        "max_score": grade.max_score,
        "error": None if grade.error is None else {"kind": grade.error[0], "sentence": grade.error[1]},
        "provenance": dict(grade.provenance),
    }


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
        head = [row[name] for name in ("schema_version", "submission", "status", "score", "max_score")]
        writer.writerow([*head, *cells, error.get("kind"), error.get("sentence")])
    return text.getvalue()


def _item(item: ItemGrade) -> dict[str, Any]:
    evidence = item.evidence
    return {
        "probability": round(item.probability, 6),
        "verdict": item.verdict,
        "evidence": None if evidence is None else {"episode": evidence.episode, "step": evidence.step},
    }


def _open(directory: Path, about: Mapping[str, Any], resume: bool) -> list[dict[str, Any]]:
    """The complete rows that are kept; makes the directory where there is none."""
    path = directory / GRADES
    if not path.exists():
        if (directory / TABLE).exists():
            raise UsageError(
                f"{directory / TABLE}: there is such a file already, without the {GRADES} it would belong to, "
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
    rows = _complete(path)
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
