"""How far training is: a live line on a terminal, an occasional plain one elsewhere, always on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

LIVE_SECONDS, PLAIN_SECONDS = 0.2, 10.0
MAIN = ("return", "accuracy", "gain", "loss")  # the measures worth a glance, most telling first
SHOWN = 3


class Progress:
    """Shows a phase at a time. `quiet` shows nothing."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.live: Any = None
        self.task: Any = None
        self.phase, self.total, self.first = "", 0, 0
        self.begun = self.shown = time.monotonic()

    def __enter__(self) -> Progress:
        if not self.quiet and sys.stderr.isatty():
            self.live = _bar()
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.stop()

    def begin(self, phase: str, total: int, done: int) -> None:
        """A new phase, of so many units, some of which may be done already."""
        self.phase, self.total, self.first = phase, total, done
        self.begun = time.monotonic()
        self.shown = self.begun - PLAIN_SECONDS / 2  # the first plain line comes soon
        if self.live is not None:
            self.task = self.live.add_task(phase, total=total, completed=done, rate="", measures="")

    def at(self, done: int, measures: Mapping[str, float], note: str = "") -> None:
        """Units done so far, and the measures of this moment, or a note."""
        now = time.monotonic()
        if self.quiet or (now - self.shown < (LIVE_SECONDS if self.live else PLAIN_SECONDS) and done < self.total):
            return
        self.shown = now
        rate = (done - self.first) / max(now - self.begun, 1e-9)
        text = note or _main(measures)
        if self.live is not None:
            self.live.update(self.task, completed=min(done, self.total), rate=f"{rate:,.0f}/s", measures=text)
            return
        left = f"{max(self.total - done, 0) / rate:,.0f} s left" if rate > 0 else "just begun"
        print(f"{self.phase}: {done:,} of {self.total:,}, {rate:,.0f}/s, {left}  {text}", file=sys.stderr)


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[measures]}"),
        console=Console(stderr=True),
    )


def _main(measures: Mapping[str, float]) -> str:
    def rank(name: str) -> int:
        return next((i for i, word in enumerate(MAIN) if word in name), len(MAIN))

    names = sorted(measures, key=rank)[:SHOWN]
    return "  ".join(f"{name} {measures[name]:.3f}" for name in names)
