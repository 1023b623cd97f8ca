"""A design as the Python program that a student would hand in: the readable specification of `fast.py`.

Its `random` draws from the row's own stream, one number a call, in the order in which the lines run:
`random()` is `uniform()`, `uniform(a, b)` is `a + (b - a) * uniform()`, `randint(a, b)` is `a + below(b - a + 1)`.
"""

from __future__ import annotations

from functools import cache

import jinja2
from attrs import asdict

from .design import AHEAD, FAULTS, MARGIN, SHORT, SLOWER, Design

LABEL_Y = 30  # pixels: where the text that shows score or turns stands
FILE = "breakout.py"


def source(design: Design) -> str:
    """The text of the program; it runs with the `campy` library."""
    faults = {fault: fault in design.faults for fault in FAULTS}
    return _template().render(
        **asdict(design, filter=lambda attribute, _: attribute.name != "faults"),
        **faults,
        size=design.size,
        rows_drawn=design.rows_drawn,
        columns_drawn=design.columns_drawn,
        turns_given=turns_given(design),
        condition=_condition(design),
        IS_OBJECT="obj is not None" if design.has("removes_the_label") else _is_object(design),
        n=_number,
        margin=_number(MARGIN),
        ahead=AHEAD,
        short=_number(SHORT),
        slower=SLOWER,
        LABEL_Y=LABEL_Y,
    )


def turns_given(design: Design) -> int:
    """The constant in the program; `one_turn_more` comes from the test of the loop."""
    more, less = 2 * design.has("two_turns_more"), design.has("one_turn_less") + 2 * design.has("two_turns_less")
    return design.turns + more - less


def _condition(design: Design) -> str:
    parts = []
    if not design.has("serves_after_the_end"):
        parts.append("turns_left >= 0" if design.has("one_turn_more") else "turns_left > 0")
    if design.has("win_seen_at_a_miss"):
        parts.append("not finished")
    elif not design.has("goes_on_without_bricks"):
        parts.append("bricks_left > 0")
    return " and ".join(parts) or "True"


def _is_object(design: Design) -> str:
    texts = design.label != "none" or design.end_label
    return "isinstance(obj, GRect)" if texts else "obj is not None"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # it is Python, not HTML
    )
    return environment.get_template("campy.py.jinja")
