"""A grade as a row: what a line of `grades.jsonl` says."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from ..records import Grade, ItemGrade
from .pages import Pages

SCHEMA = 1


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
        **({"note": grade.note} if grade.note else {}),
    }


def written(grades: Iterable[Grade], pages: Pages | None) -> list[dict[str, Any]]:
    """The rows of grades, in order; the page of each is written before its row is told."""

    def told(grade: Grade) -> Any:
        return grade.provenance.get("trial_seed"), grade.error, grade.note, grade.trace

    rows = []
    for (*_, trace), same in groupby(grades, key=told):
        found = [to_row(grade) for grade in same]
        if pages is not None:
            pages.write(found, trace)
        rows += found
    return rows


def _item(item: ItemGrade) -> dict[str, Any]:
    evidence = item.evidence
    return {
        "probability": round(item.probability, 6),
        "verdict": item.verdict,
        "evidence": None if evidence is None else {"episode": evidence.episode, "step": evidence.step},
        **({"seen": item.seen} if item.seen else {}),
    }
