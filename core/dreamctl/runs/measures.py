"""The log of a run: `metrics.jsonl`, one line at a time, and the same numbers as TensorBoard events."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

METRICS = "metrics.jsonl"
SCHEMA = 1
RESERVED = {"schema_version", "phase", "steps", "seconds"}  # in a line, beside the measures


class MeasureLog:
    """Appends measures to a run directory. On resuming, lines after the checkpoint's steps are dropped first."""

    def __init__(self, directory: Path, *, resume_at: int | None = None) -> None:
        from torch.utils.tensorboard.writer import SummaryWriter

        path = directory / METRICS
        if resume_at is not None:
            _cut(path, resume_at)
        self.file = path.open("a", encoding="utf-8")
        self.events = SummaryWriter(str(directory / "tensorboard"), purge_step=resume_at)

    def write(self, phase: str, steps: int, seconds: float, measures: Mapping[str, float]) -> None:
        measures = finite(measures)
        line = {"schema_version": SCHEMA, "phase": phase, "steps": steps, "seconds": round(seconds, 3), **measures}
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        for name, value in measures.items():
            self.events.add_scalar(name, value, steps)

    def __enter__(self) -> MeasureLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()
        self.events.close()


def finite(measures: Mapping[str, float]) -> dict[str, float]:
    """The measures that have a value: neither JSON nor a curve can hold a NaN."""
    return {name: float(value) for name, value in measures.items() if math.isfinite(value)}


def read_measures(directory: Path) -> list[dict[str, Any]]:
    """The lines of `metrics.jsonl`; a last line that a kill cut short is left out."""
    path = directory / METRICS
    return list(_lines(path)) if path.exists() else []


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            return


def _cut(path: Path, steps: int) -> None:
    if not path.exists():
        return
    kept = [line for line in _lines(path) if line["phase"] == "explore" and line["steps"] <= steps]
    path.write_text("".join(json.dumps(line) + "\n" for line in kept), "utf-8")
