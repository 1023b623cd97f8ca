"""How an observation is drawn: a few shapes whose places are read from it, the same for a screen and for a web page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from .errors import PluginError

if TYPE_CHECKING:
    import gymnasium

Number = int | str  # a whole number, or the name of the column that holds it
Canvas = NDArray[np.uint8]  # [H, W, 3]

# Five rows of three dots for each digit.
DIGITS = (
    ("###", "# #", "# #", "# #", "###"),
    (" # ", "## ", " # ", " # ", "###"),
    ("###", "  #", "###", "#  ", "###"),
    ("###", "  #", "###", "  #", "###"),
    ("# #", "# #", "###", "  #", "  #"),
    ("###", "#  ", "###", "  #", "###"),
    ("###", "#  ", "###", "# #", "###"),
    ("###", "  #", "  #", "  #", "  #"),
    ("###", "# #", "###", "# #", "###"),
    ("###", "# #", "###", "  #", "###"),
)


@frozen(kw_only=True)
class Shape:
    """Something of one colour (`#rrggbb`). `shown` names a column: it is drawn only where that is not 0."""

    kind: ClassVar[str]
    colour: str
    shown: str | None = None

    @property
    def numbers(self) -> dict[str, Number]:
        """What says where it is and how large, by name, in order; lengths are in pixels."""
        skipped = {a.name for a in attrs.fields(Shape)}
        return {a.name: getattr(self, a.name) for a in attrs.fields(type(self)) if a.name not in skipped}

    def paint(self, canvas: Canvas, *numbers: int) -> None:
        """Draw it with these numbers."""
        raise NotImplementedError


@frozen(kw_only=True)
class Box(Shape):
    """A filled rectangle, named by its left and top edges."""

    kind = "box"
    x: Number
    y: Number
    width: Number
    height: Number

    def paint(self, canvas: Canvas, *numbers: int) -> None:
        x, y, width, height = numbers
        canvas[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = rgb(self.colour)


@frozen(kw_only=True)
class Disc(Shape):
    """A filled circle, named by the left and top edges of the square around it."""

    kind = "disc"
    x: Number
    y: Number
    size: Number

    def paint(self, canvas: Canvas, *numbers: int) -> None:
        x, y, size = numbers
        top, left = max(y, 0), max(x, 0)
        part = canvas[top : max(y + size, 0), left : max(x + size, 0)]
        rows, columns = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
        centre_x, centre_y = x + (size - 1) / 2, y + (size - 1) / 2
        part[(columns - centre_x) ** 2 + (rows - centre_y) ** 2 <= (size / 2) ** 2] = rgb(self.colour)


@frozen(kw_only=True)
class Digits(Shape):
    """A number of 0 or more, each digit three dots wide and five high; from `x` to the right, or up to it."""

    kind = "digits"
    x: Number
    y: Number
    value: Number
    dot: int  # pixels
    leftwards: int = 0  # 1: the number ends at x

    def paint(self, canvas: Canvas, *numbers: int) -> None:
        x, y, value, dot, leftwards = numbers
        text = str(max(value, 0))
        x -= leftwards * dot * (4 * len(text) - 1)
        for place, digit in enumerate(text):
            for row, dots in enumerate(DIGITS[int(digit)]):
                for column, mark in enumerate(dots):
                    if mark == "#":
                        left, top = x + dot * (4 * place + column), y + dot * row
                        canvas[max(top, 0) : max(top + dot, 0), max(left, 0) : max(left + dot, 0)] = rgb(self.colour)


def _shapes(shapes: Any) -> tuple[Shape, ...]:
    return tuple(shapes)


@frozen(kw_only=True, slots=False)
class Drawing:
    """What a screen of `width` x `height` pixels shows of an observation: `shapes`, each over those before it.

    `columns` names what shapes may refer to: the components of an observation, as in `Environment.features`, or, where
    they are not what is drawn, what `read(observation [N, *O])` makes of them: whole numbers [N, columns].
    """

    width: int
    height: int
    background: str
    shapes: tuple[Shape, ...] = field(converter=_shapes)
    columns: tuple[str, ...]
    read: Callable[[NDArray[Any]], NDArray[Any]] | None = None

    def __attrs_post_init__(self) -> None:
        for name in self.names:
            if name not in self.columns:
                raise PluginError(f"Drawing: a shape names '{name}', which is not in 'columns'.")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns that shapes refer to: all of an observation that can be seen."""
        return tuple(dict.fromkeys(name for shape in self.shapes for name in _named(shape)))

    def fits(self, space: gymnasium.Space[Any]) -> bool:
        """Whether it can draw observations of this space."""
        return self.read is not None or len(self.columns) == int(np.prod(space.shape or ()))

    def numbers(self, observation: NDArray[Any]) -> NDArray[np.int32]:
        """The columns `names` of observations [N, *O]: int32 [N, names]."""
        table = self.read(observation) if self.read is not None else observation.reshape(len(observation), -1)
        return np.rint(table[:, self._places]).astype(np.int32)

    def picture(self, observation: NDArray[Any]) -> Canvas:
        """The screen as it stands after one observation [*O]: uint8 [H, W, 3]."""
        value = dict(zip(self.names, self.numbers(observation[None])[0].tolist(), strict=True))
        canvas = np.empty((self.height, self.width, 3), np.uint8)
        canvas[:] = rgb(self.background)
        for shape in self.shapes:
            if shape.shown is None or value[shape.shown]:
                shape.paint(canvas, *(value[n] if isinstance(n, str) else n for n in shape.numbers.values()))
        return canvas

    def to_json(self) -> dict[str, Any]:
        """The same for a web page: a column is a list that holds its place in `names`."""

        def place(number: Number | None) -> Any:
            return [self.names.index(number)] if isinstance(number, str) else number

        shapes = [
            [shape.kind, shape.colour, place(shape.shown), *map(place, shape.numbers.values())] for shape in self.shapes
        ]
        return {"width": self.width, "height": self.height, "background": self.background, "shapes": shapes}

    @cached_property
    def _places(self) -> list[int]:
        return [self.columns.index(name) for name in self.names]


def rgb(colour: str) -> tuple[int, int, int]:
    """`#rrggbb` as three numbers from 0 to 255."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _named(shape: Shape) -> Iterator[str]:
    yield from (number for number in (shape.shown, *shape.numbers.values()) if isinstance(number, str))
