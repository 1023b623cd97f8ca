"""Settings for every test, set before anything heavy is imported: one thread, and no window."""

import os
import sys

import pytest

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["MPLBACKEND"] = "agg"
os.environ.pop("DREAMCTL_DISABLE", None)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Compiled code that was started on several threads leaves torch on as many, which is slow for small networks."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
