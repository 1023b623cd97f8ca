"""How large a text is: no font is there to measure with, so letters have the usual widths of a sans serif."""

from __future__ import annotations

NARROW, WIDE = set("iljtf.,:;'|!I ()[]"), set("mwMW@%")


def extent(text: str, size: float, bold: bool = False) -> tuple[float, float]:
    """Width and height in pixels of a text, which may have several lines."""
    lines = text.split("\n")
    widest = max(sum(_width(letter) for letter in line) for line in lines)
    return round(widest * size * (1.08 if bold else 1.0)), round(1.2 * size) * len(lines)


def _width(letter: str) -> float:
    if letter in NARROW:
        return 0.3
    if letter > "\u2e80":  # Chinese, Japanese, Korean, and pictures
        return 1.0
    return 0.85 if letter in WIDE else 0.56
