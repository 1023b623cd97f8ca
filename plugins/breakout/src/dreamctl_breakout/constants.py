"""The named constants of a program, and the same program with others.

Only the literals that are assigned to names change, so whatever is computed from them follows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from attrs import frozen

from .family import is_library, is_program, tree

ROWS, COLUMNS, RADIUS, BALL_SIZE, PADDLE_WIDTH, BRICK_TOP, SEPARATION = range(7)
MEANINGS: Mapping[int, re.Pattern[str]] = {  # what a name says, in upper case; the first that fits
    COLUMNS: re.compile(
        r".*(COLUMNS?|_COLS?|COLS?|PER_ROW|COLUMNAS|COLUNAS|COLONNES|SPALTEN)$|N_?COL(UMN)?S?.*|NUM_?COL(UMN)?S?.*"
    ),
    ROWS: re.compile(r".*(ROWS?|FILAS|LINHAS|LIGNES|REIHEN)$|N_?ROWS?(_.*)?|NUM_?ROWS?(_.*)?"),
    RADIUS: re.compile(r".*RADIUS.*|BALL_R(AD)?|(.*_)?(RADIO|RAIO|RAYON)(_.*)?"),
    BALL_SIZE: re.compile(r".*BALL_?(SIZE|DIAMETER|WIDTH|DIAM)$|.*DIAMETER.*"),
    PADDLE_WIDTH: re.compile(r"(.*PADDLE|PAD)_?(WIDTH|LENGTH|LEN|W|SIZE_X)$"),
    BRICK_TOP: re.compile(r"BRICK_(Y_)?(TOP_)?OFFSET(_Y|_TOP)?$"),
    SEPARATION: re.compile(r"(BRICKS?_)(SEP|SEPARATION|SPACING|SPACE|GAP)|SEP|SPACING"),
}
CHANGED: Mapping[int, Callable[[float], float]] = {
    ROWS: lambda value: value - 3 if value > 4 else value + 1,
    COLUMNS: lambda value: value - 2 if value > 5 else value + 1,
    RADIUS: lambda value: value + 4,
    BALL_SIZE: lambda value: value + 8,
    PADDLE_WIDTH: lambda value: value + 24,
}


LARGEST = 1e6  # a larger number is no size on a canvas


@frozen
class Constant:
    """A name with a number, and where the number stands: file, line from 1, and bytes in the line."""

    name: str
    value: float
    meaning: int | None
    file: str
    line: int
    start: int
    end: int


def constants(files: Mapping[str, bytes]) -> list[Constant]:
    """The numbers that are given to names at the top of files and of classes, and to capital names anywhere."""
    found = []
    for file, source in sorted(files.items()):
        root = tree(source) if is_program(file) else None
        if root is not None and not is_library(file, root):
            found += list(_assigned(file, root))
    return found


def names_any(files: Mapping[str, bytes]) -> bool:
    """Whether a program has a name for anything that could be changed, be it a parameter or something computed."""
    for file, source in files.items():
        root = tree(source) if is_program(file) else None
        if root is None or is_library(file, root):
            continue
        for node in ast.walk(root):
            named = _names(node)
            if any(meaning(name) in CHANGED for name in named):
                return True
    return False


def _names(node: ast.AST) -> list[str]:
    """What a node names: parameters, what is assigned to, and the keys of a dictionary."""
    if isinstance(node, (ast.arg, ast.keyword)):
        return [node.arg or ""]
    if isinstance(node, ast.Dict):
        return [str(key.value) for key in node.keys if isinstance(key, ast.Constant)]
    return [_named(target) for target, _ in _given(node)]


def _given(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """What an assignment gives to what, each by itself in `ROWS, COLS = 10, 10`; None where several share a value."""
    if isinstance(node, ast.AnnAssign):
        yield node.target, node.value
    elif isinstance(node, ast.Assign):
        target, value = node.targets[0], node.value
        if len(node.targets) > 1:
            yield from ((each, None) for each in node.targets)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            yield from zip(target.elts, value.elts, strict=True)
        else:
            yield target, value


def _named(target: ast.AST | None) -> str:
    return str(getattr(target, "id", getattr(target, "attr", "")))


def meaning(name: str) -> int | None:
    """What a constant of that name stands for."""
    upper = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
    return next((what for what, pattern in MEANINGS.items() if pattern.fullmatch(upper)), None)


def changed(files: Mapping[str, bytes], values: Mapping[Constant, float]) -> dict[str, bytes]:
    """The program with other numbers for these names."""
    named = {constant.file for constant in values}
    lines_of = {name: files[name].splitlines(keepends=True) for name in named}
    by_place = sorted(values.items(), key=lambda item: (item[0].line, item[0].start), reverse=True)
    for constant, value in by_place:
        lines = lines_of[constant.file]
        line = lines[constant.line - 1]
        text = str(int(value)) if value == int(value) and constant.value == int(constant.value) else str(value)
        if b"." in line[constant.start : constant.end]:
            text = str(float(value))
        lines[constant.line - 1] = line[: constant.start] + text.encode() + line[constant.end :]
    return {**files, **{name: b"".join(lines) for name, lines in lines_of.items()}}


def _assigned(file: str, root: ast.Module) -> Iterator[Constant]:
    of_classes = [node for found in root.body if isinstance(found, ast.ClassDef) for node in found.body]
    outside = dict.fromkeys([*root.body, *of_classes])
    for node in dict.fromkeys([*outside, *ast.walk(root)]):
        for target, value in _given(node):
            if not isinstance(target, ast.Name) or not (node in outside or target.id.isupper()):
                continue
            if not isinstance(value, ast.Constant) or type(value.value) not in (int, float) or value.value > LARGEST:
                continue
            if value.end_col_offset is not None and value.lineno == value.end_lineno:
                at = file, value.lineno, value.col_offset, value.end_col_offset
                yield Constant(target.id, float(value.value), meaning(target.id), *at)
