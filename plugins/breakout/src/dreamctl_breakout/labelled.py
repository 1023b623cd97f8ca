"""Students' programs whose labels somebody has checked: what `--tasks` reads.

A file of JSON lines, {"program": "ada/", "labels": ["skewer"]}: a file or a folder, as the list's own folder has it,
and the labels that are so. `"unknown"` lists labels that nobody could decide; all others are not so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dreamctl import InputError, Task

from .handed_in import program
from .labels import LABELS


def read_tasks(path: str | Path) -> list[Task]:
    """The programs that a list names. Raises `InputError` where a line cannot be read, naming it."""
    path = Path(path)
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: a list of programs with labels, as JSON lines, was expected ({error}).") from error
    return [_task(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _task(path: Path, number: int, line: str) -> Task:
    where = f"{path}, line {number}"
    try:
        entry: dict[str, Any] = json.loads(line)
        name, present, unknown = entry["program"], set(entry["labels"]), set(entry.get("unknown", ()))
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f'{where}: {{"program": path, "labels": [...]}} was expected ({error!r}).') from error
    strange = sorted((present | unknown) - set(LABELS))
    if strange:
        raise InputError(f"{where}: there is no label '{strange[0]}'. There are: {', '.join(LABELS)}.")
    labels = {label: label in present for label in LABELS if label not in unknown}
    return Task(key=str(name), params=program(path.parent / str(name)), labels=labels)
