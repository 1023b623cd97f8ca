"""Whether a program's loop goes on when the game is over, read off the syntax trees: there is nothing to see of it.

What cannot be known to go on is not said to: anything that might end the program, wherever it stands, counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from .family import WAITS, called, imports, is_library, is_program, tree

LEAVES = {"exit", "quit", "_exit", "abort", "destroy", "close"}  # what ends a program, called or handed on


def loops_for_ever(files: Mapping[str, bytes], entry: str) -> bool:
    """Whether the program that is run from the file `entry` waits in a loop over what is always true, and nothing in it
    ever leaves that.
    """
    nodes = [node for found in _run(files, entry) for node in ast.walk(found)]
    names = {str(getattr(node, "attr", getattr(node, "id", ""))) for node in nodes}
    if names & LEAVES or any(isinstance(node, (ast.Raise, ast.Assert)) for node in nodes):
        return False
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    unused = [each for each in functions if each.name not in names and not each.name.startswith("__")]
    idle = {id(node) for each in unused for node in ast.walk(each)}
    waiting = _waiting(functions)
    loops = [node for node in nodes if isinstance(node, ast.While) and id(node) not in idle]
    return any(_is_endless(loop) and _calls(loop.body, waiting) for loop in loops)


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
    names: set[str] = set()
    more = set(WAITS)
    while more - names:
        names |= more
        more = {each.name for each in functions if _calls(each.body, names)}
    return names


def _is_endless(loop: ast.While) -> bool:
    truth = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    return truth and not any(_leaving(loop.body, nested=False))


def _leaving(body: Iterable[ast.AST], nested: bool) -> Iterator[bool]:
    """What leaves the loop around it: a return, or a break that is not of a loop inside (`nested`)."""
    for node in body:
        if isinstance(node, (ast.Return, ast.Yield)) or (isinstance(node, ast.Break) and not nested):
            yield True
        elif isinstance(node, (ast.While, ast.For)):
            yield from _leaving(node.body, nested=True)
            yield from _leaving(node.orelse, nested)
        elif not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            yield from _leaving(ast.iter_child_nodes(node), nested)


def _calls(body: Iterable[ast.AST], names: set[str]) -> bool:
    return any(called(node) in names for part in body for node in ast.walk(part))
