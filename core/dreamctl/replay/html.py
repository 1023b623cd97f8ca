"""Pages that need nothing but themselves: styles, scripts and data stand in them, so that each can be mailed."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from ..drawing import DIGITS
from ..records import Environment
from .trace import around

HERE = Path(__file__).parent
TURN_BY_TURN = 2.0  # steps a second of a game that waits for its player
UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}  # what could end a script


def page(title: str, body: str, data: str = "", script: str = "") -> str:
    """A whole page; `title` is text, the rest is HTML and JavaScript."""
    return "".join(
        (*_frame(title), body, data, f"<script>\n{script}</script>\n" if script else "", "</body>\n</html>\n")
    )


def document(identifier: str, value: Any) -> str:
    """A JSON document as an element that scripts can find; whatever it holds, it stays data."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(UNSAFE)
    return f'<script type="application/json" id="{identifier}">{text}</script>\n'


def game(environment: Environment, *, width: int = 0, height: int = 0, pace: float | None = None) -> str:
    """What replays of an environment share; `width` and `height` are of its pictures, where it has no drawing.

    `pace` is in steps a second, the game's own by default.
    """
    drawing = environment.drawing
    shown = {"width": width, "height": height} if drawing is None else {**drawing.to_json(), "digits": DIGITS}
    before, after = around(environment)
    pace = pace or environment.steps_per_second or TURN_BY_TURN
    return document(
        "game", {"drawing": shown, "actions": environment.actions, "pace": pace, "before": before, "after": after}
    )


@cache
def source(path: Path) -> str:
    """A style sheet or a script, without indentation and without lines that are comments."""
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def replay_script() -> str:
    """What plays the clips of a page."""
    return source(HERE / "replay.js")


def _frame(title: str) -> tuple[str, str, str]:
    head, rest = _head()
    return head, escape(title), rest


@cache
def _head() -> tuple[str, str]:
    """What stands before the title, and what stands between it and the body."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src data:\">\n<title>",
        f"</title>\n<style>\n{source(HERE / 'page.css')}</style>\n</head>\n<body>\n",
    )
