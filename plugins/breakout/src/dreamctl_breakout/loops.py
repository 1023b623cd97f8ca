"""Whether a program's loop goes on when the game is over, read off the syntax trees: there is nothing to see of it.

What cannot be known to go on is not said to: anything that might end the program, wherever it stands, counts.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from .family import WAITS, called, imports, is_library, is_program, tree

LEAVES = {"exit", "quit", "_exit", "abort", "destroy", "close"}  # what ends a program, called or handed on


def loops_for_ever(files: Mapping[str, bytes], entry: str) -> bool:
    """Whether the program that is run from the file `entry` waits in a loop over what is always true, and nothing in it
    ever leaves that.

    A source may be made to be as deep as it can be, and as many functions as fit: nothing recurses here, and each node
    is looked at a few times.
    """
    trees = list(_run(files, entry))
    nodes = [node for found in trees for node in ast.walk(found)]
    names = {str(getattr(node, "attr", getattr(node, "id", ""))) for node in nodes}
    if names & LEAVES or any(isinstance(node, (ast.Raise, ast.Assert)) for node in nodes):
        return False
    waiting = _waiting(node for node in nodes if isinstance(node, ast.FunctionDef))
    return any(
        isinstance(loop.test, ast.Constant)
        and loop.test.value
        and not _is_left(loop)
        and any(called(node) in waiting for node in ast.walk(loop))
        for loop in _outermost_loops(trees, names)
    )


def _run(files: Mapping[str, bytes], entry: str) -> Iterator[ast.Module]:
    """The trees of the file that is run, and of those that it imports, and so on."""
    stems = {PurePosixPath(name).stem: name for name in files if is_program(name)}
    ahead, seen = [entry], {entry}
    while ahead:
        name = ahead.pop()
        found = tree(files.get(name, b""))
        if found is None or is_library(name, found):
            continue
        yield found
        more = {stems[each] for each in imports(found) & stems.keys()} - seen
        ahead += sorted(more)
        seen |= more


def _waiting(functions: Iterable[ast.FunctionDef]) -> set[str]:
    """What waits when it is called: the libraries' own calls, and functions that call these or each other."""
    callers: dict[str, list[str]] = defaultdict(list)
    for each in functions:
        for name in {called(node) for node in ast.walk(each)}:
            callers[name].append(each.name)
    waiting: set[str] = set()
    ahead = list(WAITS)
    while ahead:
        name = ahead.pop()
        if name not in waiting:
            waiting.add(name)
            ahead += callers[name]
    return waiting


def _outermost_loops(trees: Iterable[ast.AST], names: set[str]) -> Iterator[ast.While]:
    """The `while` loops that are in no other, outside functions that nothing names."""
    ahead = list(trees)
    while ahead:
        node = ahead.pop()
        if isinstance(node, ast.While):
            yield node
        elif not (isinstance(node, ast.FunctionDef) and node.name not in names and not node.name.startswith("__")):
            ahead += ast.iter_child_nodes(node)


def _is_left(loop: ast.While) -> bool:
    """Whether there is a return in it, or a break that is not of a loop inside."""
    ahead: list[tuple[ast.AST, bool]] = [(node, False) for node in loop.body]
    while ahead:
        node, inside = ahead.pop()
        if isinstance(node, (ast.Return, ast.Yield)) or (isinstance(node, ast.Break) and not inside):
            return True
        if isinstance(node, (ast.While, ast.For)):
            ahead += [(child, True) for child in node.body] + [(child, inside) for child in node.orelse]
        elif not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            ahead += [(child, inside) for child in ast.iter_child_nodes(node)]
    return False
