"""Frames as a tape: each picture is told by what is other than in the one before, in as few bytes as that takes.

A picture is told in instructions that walk along the one before: KEEP n shapes, DROP n, MOVE one by (dx, dy), PUT n new
ones. `0` keeps the rest and ends it. Each number is of as many bytes as it needs, seven bits in each, the lowest first;
what may be negative is doubled, and negative numbers lie between. `replay.js` reads the same.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Sequence

from ..footage import Picture, Shape

KEEP, DROP, MOVE, PUT = range(4)  # in the two lowest bits of an instruction; the others are how many


def tape(pictures: Sequence[Picture]) -> str:
    """The pictures as base64; the first is told as the others are, after an empty one."""
    told = bytearray()
    before: Picture = ()
    for picture in pictures:
        for number in _told(before, picture):
            while number > 127:
                told.append(number & 127 | 128)
                number >>= 7
            told.append(number)
        before = picture
    return binascii.b2a_base64(bytes(told), newline=False).decode()


def untape(text: str) -> list[Picture]:
    """The pictures that `tape` made a text of."""
    numbers = _numbers(binascii.a2b_base64(text))
    pictures: list[Picture] = []
    before: Picture = ()
    picture: list[Shape] = []
    at = 0
    for number in numbers:
        count, what = number >> 2, number & 3
        if not number:
            before = (*picture, *before[at:])
            pictures.append(before)
            picture, at = [], 0
        elif what == KEEP:
            picture += before[at : at + count]
            at += count
        elif what == DROP:
            at += count
        elif what == MOVE:
            look, left, top, width, height = before[at]
            picture.append((look, left + _signed(next(numbers)), top + _signed(next(numbers)), width, height))
            at += 1
        else:
            for _ in range(count):
                look, *box = [next(numbers) for _ in range(5)]
                left, top, width, height = map(_signed, box)
                picture.append((look, left, top, width, height))
    return pictures


def _told(before: Picture, picture: Picture) -> Iterator[int]:
    """The instructions that make one picture of another."""
    i = j = 0
    while i < len(before) or j < len(picture):
        same = _same(before, picture, i, j)
        if i + same == len(before) and j + same == len(picture):
            break
        if same:
            yield same << 2 | KEEP
        i, j = i + same, j + same
        if j == len(picture):
            yield (len(before) - i) << 2 | DROP
            i = len(before)
            continue
        new = picture[j]
        if i < len(before) and new in before[i:]:
            gone = before.index(new, i) - i
            yield gone << 2 | DROP
            i += gone
        elif i < len(before) and _moved(before[i], new) and before[i] not in picture[j:]:
            yield 1 << 2 | MOVE
            yield _unsigned(new[1] - before[i][1])
            yield _unsigned(new[2] - before[i][2])
            i, j = i + 1, j + 1
        else:
            yield 1 << 2 | PUT
            yield new[0]
            yield from map(_unsigned, new[1:])
            j += 1
    yield 0


def _same(before: Picture, picture: Picture, i: int, j: int) -> int:
    """How many shapes from there on are the same."""
    count = 0
    for a, b in zip(before[i:], picture[j:], strict=False):
        if a != b:
            break
        count += 1
    return count


def _moved(a: Shape, b: Shape) -> bool:
    return a[0] == b[0] and a[3:] == b[3:]


def _unsigned(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _signed(number: int) -> int:
    return -(number + 1) // 2 if number & 1 else number // 2


def _numbers(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0
