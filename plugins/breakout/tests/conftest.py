"""What the tests share is imported by name: `breakout_running`, `breakout_bare`."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _no_program_stays():
    import breakout_bare

    yield
    for child in breakout_bare.CHILDREN:
        child.close()
    breakout_bare.CHILDREN.clear()
