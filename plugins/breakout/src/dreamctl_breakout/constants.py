"""The named constants of a program, and the same program with others.

Only the literals that are assigned to names change, so whatever is computed from them follows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from attrs import frozen

from .family import is_library, is_program, tree

ROWS, COLUMNS, RADIUS, BALL_SIZE, PADDLE_WIDTH, BRICK_TOP = range(6)
MEANINGS: Mapping[int, re.Pattern[str]] = {  # what a name says, in upper case; the first that fits
    COLUMNS: re.compile(r".*(COLUMNS?|_COLS?|COLS?|PER_ROW)$|N_?COL(UMN)?S?.*|NUM_?COL(UMN)?S?.*"),
    ROWS: re.compile(r".*ROWS?$|N_?ROWS?(_.*)?|NUM_?ROWS?(_.*)?"),
    RADIUS: re.compile(r".*RADIUS.*"),
    BALL_SIZE: re.compile(r".*BALL_?(SIZE|DIAMETER|WIDTH|DIAM)$|.*DIAMETER.*"),
    PADDLE_WIDTH: re.compile(r".*PADDLE_?(WIDTH|LENGTH|W|SIZE_X)$"),
    BRICK_TOP: re.compile(r"BRICK_(Y_)?(TOP_)?OFFSET(_Y|_TOP)?$"),
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
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.arg)):
                continue
            named = [node.arg] if isinstance(node, ast.arg) else [_named(target) for target in targets]
            if any(meaning(name) in CHANGED for name in named):
                return True
    return False


def _named(target: ast.AST | None) -> str:
    return str(getattr(target, "id", getattr(target, "attr", "")))


def meaning(name: str) -> int | None:
    """What a constant of that name stands for."""
    upper = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
    return next((what for what, pattern in MEANINGS.items() if pattern.fullmatch(upper)), None)


def changed(files: Mapping[str, bytes], values: Mapping[Constant, float]) -> dict[str, bytes]:
    """The program with other numbers for these names."""
    new = dict(files)
    by_place = sorted(values.items(), key=lambda item: (item[0].line, item[0].start), reverse=True)
    for constant, value in by_place:
        lines = new[constant.file].splitlines(keepends=True)
        line = lines[constant.line - 1]
        text = str(int(value)) if value == int(value) and constant.value == int(constant.value) else str(value)
        if b"." in line[constant.start : constant.end]:
            text = str(float(value))
        lines[constant.line - 1] = line[: constant.start] + text.encode() + line[constant.end :]
        new[constant.file] = b"".join(lines)
    return new


def _assigned(file: str, root: ast.Module) -> Iterator[Constant]:
    everywhere = [node for node in ast.walk(root) if isinstance(node, ast.Assign) and _is_capital(node)]
    of_classes = [node for found in root.body if isinstance(found, ast.ClassDef) for node in found.body]
    for node in dict.fromkeys([*root.body, *of_classes, *everywhere]):
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        if not isinstance(value, ast.Constant) or type(value.value) not in (int, float) or value.value > LARGEST:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[union-attr]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if len(names) == 1 and value.end_col_offset is not None and value.lineno == value.end_lineno:
            number = float(value.value)
            yield Constant(
                names[0], number, meaning(names[0]), file, value.lineno, value.col_offset, value.end_col_offset
            )


def _is_capital(node: ast.Assign) -> bool:
    return all(isinstance(target, ast.Name) and target.id.isupper() for target in node.targets)
