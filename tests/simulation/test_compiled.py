"""Compiled functions on disk, and what they were compiled with."""

import os
import subprocess
import sys

import pytest

CALLER = """from dreamctl.compiled import compiled
from .callee import callee

@compiled
def called(x):
    return callee(x)
"""
CALLEE = """import numba
from .amounts import AMOUNT

@numba.njit
def callee(x):
    return x + AMOUNT
"""
ASKED = "from small.caller import called; print(called(1), sum(called.stats.cache_hits.values()))"


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    for name, text in (("__init__", ""), ("caller", CALLER), ("callee", CALLEE), ("amounts", "AMOUNT = 1\n")):
        (folder / f"{name}.py").write_text(text)
    return folder


def asked(small):
    """What the function gives in a process of its own, and how often it was found on disk."""
    environment = {**os.environ, "PYTHONPATH": str(small.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.split()]


@pytest.mark.parametrize(
    ("file", "before", "after"), [("amounts", "AMOUNT = 1", "AMOUNT = 20"), ("callee", "x + ", "x + 19 + ")]
)
def test_a_function_is_compiled_anew_when_what_it_was_compiled_with_changes(small, file, before, after):
    assert asked(small) == [2, 0]
    assert asked(small) == [2, 1]
    path = small / f"{file}.py"
    path.write_text(path.read_text().replace(before, after))
    assert asked(small) == [21, 0]
    assert asked(small) == [21, 1]
