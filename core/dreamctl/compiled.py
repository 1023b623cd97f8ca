"""`numba.njit` with a cache on disk that knows what a function was compiled with.

A compiled function holds the functions that it calls and the constants that it names, whatever file they are in, but
numba compiles it anew only when its own file has changed; after an update of a package it would go on with what the
others were. Here it is compiled anew when any source in its folder has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numba

from . import random, random_jit


def compiled(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Decorates as `numba.njit(cache=True, **options)` does.

    What the function calls and names stands in its own folder or in `dreamctl.random_jit`, directly and indirectly.
    """
    if function is None:
        return partial(compiled, **options)
    dispatcher = numba.njit(cache=True, **options)(function)
    index = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)  # of what is on disk, good for one stamp
    if index is None:  # numba compiles nothing, or keeps it elsewhere
        return numba.njit(**options)(function)
    index._source_stamp = (index._source_stamp, stamp(Path(function.__code__.co_filename).parent))
    return dispatcher


@cache
def stamp(folder: Path) -> str:
    """A digest of the sources in a folder, and of the random numbers that compiled code draws."""
    own = (path for path in sorted(folder.glob("*.py")) if path.is_file())
    shared = (Path(str(module.__file__)) for module in (random, random_jit))
    digests = [hashlib.sha256(path.read_bytes()).digest() for path in (*own, *shared)]
    return hashlib.sha256(b"".join(digests)).hexdigest()
