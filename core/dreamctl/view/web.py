"""A film as a web page that plays by itself: the game, the keys, and beside it what is believed, over time."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Any

import numpy as np
from attrs import asdict
from PIL import Image

from ..records import Environment
from ..replay import html
from ..replay.trace import film_of, pack, packed
from .film import Shot
from .page import doubtful

MARKED = "marked"


def web_page(environment: Environment, shots: Sequence[Shot], title: str, pace: float) -> str:
    """The whole page; every episode has its own player. `pace` is in steps a second."""
    episodes = [(name, list(group)) for name, group in groupby(shots, lambda shot: shot.episode)]
    items = doubtful(shots) if shots[0].belief else []
    clips = [_clip(environment, name, part, items) for name, part in episodes]
    # Then there is one episode; of a step of many frames, the first is marked.
    marked = [n if shot.footage else shot.step for n, shot in enumerate(shots) if shot.marked]
    marks = {MARKED: (0, marked[0])} if marked else {}
    height, width = shots[0].picture.shape[:2]
    body = f"<header><h1>{escape(title)}</h1></header>\n<main>\n" + "".join(
        f"<h2>{escape(name)}</h2>\n{_player(number, name, bool(marks))}" for number, (name, _) in enumerate(episodes)
    )
    shared = html.game(environment, width=width, height=height, pace=pace)
    data = shared + html.document("trace", {"clips": clips, "marks": marks})
    return html.page(title, f"{body}</main>\n", data, html.replay_script())


def _player(number: int, name: str, marked: bool) -> str:
    which = f'data-item="{MARKED}"' if marked else f'data-clip="{number}"'
    return f'<div class="watch"><figure class="replay" {which} data-title="{escape(name)}"></figure></div>\n'


def _clip(environment: Environment, name: str, shots: Sequence[Shot], items: Sequence[str]) -> dict[str, Any]:
    """An episode as the script wants it: a film, numbers of the drawing, or pictures where there is none."""
    first = shots[0].step
    action = {shot.step: environment.actions.index(shot.action) for shot in shots if shot.action}
    believed = [{"title": item, "values": [round(shot.belief[item], 3) for shot in shots]} for item in items]
    return {
        "episode": 0,
        "name": name,
        "first": max(first - 1, 0) if shots[0].footage else first,
        "moments": len(shots),
        "actions": pack(np.array([action.get(step, -1) for step in range(1, shots[-1].step + 1)], np.int64)),
        **({"beliefs": believed} if believed else {}),
        **_shown(environment, shots),
    }


def _shown(environment: Environment, shots: Sequence[Shot]) -> dict[str, Any]:
    footage = shots[0].footage
    if footage is not None:
        return {"film": asdict(film_of(footage, shots[0].frame, shots[-1].frame))}
    if environment.drawing is None:
        return {"pictures": [_png(shot) for shot in shots]}
    return packed(environment.drawing.numbers(np.stack([shot.observation for shot in shots])))


def _png(shot: Shot) -> str:
    file = io.BytesIO()
    Image.fromarray(shot.picture).save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
