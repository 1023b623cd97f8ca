"""Laying out moments: a picture with its caption and beliefs, and many of them on a contact sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .film import Shot

PAPER, INK, FAINT, REWARD, BAR, TRACK = "#ffffff", "#33363b", "#8a8f98", "#1f8a4c", "#d1495b", "#eceef1"
STRIP, MARGIN, LINE = 26, 8, 20  # pixels: a caption's height, space around things, a line of beliefs
COLUMNS, TILE, MOST = 6, 260, 24  # of a sheet: pictures side by side, pixels that each is wide, moments of an episode
FRAME = 5  # pixels: the width of the frame around a marked moment
PANEL, BARS = 400, 90  # pixels: the width of the beliefs, and of a bar among them
ITEMS, LEAST = 12, 0.15  # beliefs that are shown at most, and the least that is worth a line


def page(shot: Shot, items: Sequence[str] = (), scale: float = 1.0) -> Image.Image:
    """A moment with its caption below, and beside it how much each of `items` is believed; sides are even."""
    picture = Image.fromarray(shot.picture)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    picture = picture.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS)
    width = picture.width + 2 * MARGIN + (PANEL if items else 0)
    height = max(picture.height + STRIP, len(items) * LINE + STRIP) + MARGIN
    sheet = Image.new("RGB", (width + width % 2, height + height % 2), PAPER)
    sheet.paste(picture, (MARGIN, MARGIN))
    draw = ImageDraw.Draw(sheet)
    if shot.marked:
        frame = MARGIN - FRAME, MARGIN - FRAME, MARGIN + picture.width + FRAME - 1, MARGIN + picture.height + FRAME - 1
        draw.rectangle(frame, outline=BAR, width=FRAME)
    y = MARGIN + picture.height + STRIP // 2 - 2
    words = f"{shot.step}  {shot.action}" if shot.action else "start"
    draw.text((MARGIN, y), words, INK, _font(14), "lm")
    if shot.reward:
        x = MARGIN + draw.textlength(words + "   ", _font(14))
        draw.text((x, y), f"reward {shot.reward:g}", REWARD, _font(14), "lm")
    if items:
        _beliefs(draw, picture.width + 3 * MARGIN, shot.belief, items)
    return sheet


def contact_sheet(shots: Sequence[Shot]) -> Image.Image:
    """All moments on one sheet: each episode begins a row, with at most `MOST` of its moments, evenly spread."""
    items = doubtful(shots)
    scale = min(1.0, TILE / shots[0].picture.shape[1])
    episodes = [(name, spread(list(group), MOST)) for name, group in groupby(shots, lambda shot: shot.episode)]
    columns = min(COLUMNS if not items else COLUMNS // 2, max(len(group) for _, group in episodes))
    rows = [(name, [page(shot, items, scale) for shot in group]) for name, group in episodes]
    width, height = rows[0][1][0].size
    heading = STRIP + MARGIN
    deep = [heading + height * -(-len(pages) // columns) for _, pages in rows]
    sheet = Image.new("RGB", (columns * width, sum(deep) + MARGIN), PAPER)
    draw = ImageDraw.Draw(sheet)
    top = 0
    for (name, pages), down in zip(rows, deep, strict=True):
        draw.text((MARGIN, top + heading // 2 + 2), name, INK, _font(18), "lm")
        for i, picture in enumerate(pages):
            sheet.paste(picture, ((i % columns) * width, top + heading + (i // columns) * height))
        top += down
    return sheet


def doubtful(shots: Sequence[Shot]) -> list[str]:
    """The items that were believed most at some moment, and those of which it changed most: at most `ITEMS`.

    They come in their own order. What was never believed by `LEAST` is left out, but for the one believed most.
    """
    values = {item: [shot.belief[item] for shot in shots] for item in shots[0].belief}
    weight = {item: 2 * max(each) - min(each) for item, each in values.items()}
    kept = sorted(weight, key=lambda item: -weight[item])[:ITEMS]
    return [item for item in values if item in kept and (item == kept[0] or max(values[item]) >= LEAST)]


def spread(shots: list[Shot], most: int) -> list[Shot]:
    """At most `most` of the shots, the first and the last among them."""
    if len(shots) <= most:
        return shots
    return [shots[i] for i in np.unique(np.linspace(0, len(shots) - 1, most).round().astype(int))]


def _beliefs(draw: ImageDraw.ImageDraw, left: int, belief: Mapping[str, float], items: Sequence[str]) -> None:
    for i, item in enumerate(items):
        y = MARGIN + i * LINE + LINE // 2
        words = PANEL - BARS - 2 * MARGIN
        draw.text((left + words - 4, y), _short(draw, item, words - 4), INK, _font(12), "rm")
        bar = left + words, y - 5
        draw.rectangle([*bar, bar[0] + BARS, y + 5], TRACK)
        draw.rectangle([*bar, bar[0] + round(BARS * belief[item]), y + 5], BAR if belief[item] >= 0.5 else FAINT)


def _short(draw: ImageDraw.ImageDraw, text: str, width: float) -> str:
    """The text, cut off where it does not fit."""
    if draw.textlength(text, _font(12)) <= width:
        return text
    while text and draw.textlength(text + "…", _font(12)) > width:
        text = text[:-1]
    return text + "…"


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
