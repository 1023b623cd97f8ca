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


def asked(small, question=ASKED, **more):
    """What the function gives in a process of its own, and how often it was found on disk."""
    own = {"PYTHONPATH": str(small.parent), "PYTHONDONTWRITEBYTECODE": "1", "NUMBA_CACHE_DIR": str(small / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", question], env=os.environ | own | more, capture_output=True, text=True, check=True
    )
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


def test_where_numba_is_told_to_compile_nothing_functions_stay_plain(small):
    question = "from small.caller import called; print(called(1))"
    assert asked(small, question, NUMBA_DISABLE_JIT="1") == [2]


def test_what_is_no_file_beside_a_function_is_no_matter(small):
    (small / ".#callee.py").symlink_to("nowhere")
    assert asked(small) == [2, 0]
