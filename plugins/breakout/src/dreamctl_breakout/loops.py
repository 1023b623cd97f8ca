"""Whether a program's loop goes on when the game is over, read off the syntax trees: there is nothing to see of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from .family import WAITS, called, is_library, is_program, tree

LEAVES = {"exit", "quit", "_exit", "abort", "destroy"}  # calls that end the program, wherever they stand


def loops_for_ever(files: Mapping[str, bytes]) -> bool:
    """Whether a program waits in a loop over what is always true, which nothing in it ever leaves."""
    trees = {name: tree(source) for name, source in files.items() if is_program(name)}
    read = [found for name, found in trees.items() if found is not None and not is_library(name, found)]
    nodes = [node for found in read for node in ast.walk(found)]
    if any(isinstance(node, ast.Raise) or called(node) in LEAVES for node in nodes):
        return False
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    waiting = WAITS | {each.name for each in functions if _calls(each.body, WAITS)}
    return any(_is_endless(node) and _calls(node.body, waiting) for node in nodes if isinstance(node, ast.While))


def _is_endless(loop: ast.While) -> bool:
    truth = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    return truth and not any(_leaving(loop.body, nested=False))


def _leaving(body: Iterable[ast.AST], nested: bool) -> Iterator[bool]:
    """What leaves the loop around it: a return, or a break that is not of a loop inside (`nested`)."""
    for node in body:
        if isinstance(node, ast.Return) or (isinstance(node, ast.Break) and not nested):
            yield True
        elif not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            yield from _leaving(ast.iter_child_nodes(node), nested or isinstance(node, (ast.While, ast.For)))


def _calls(body: Iterable[ast.AST], names: set[str]) -> bool:
    return any(called(node) in names for part in body for node in ast.walk(part))
