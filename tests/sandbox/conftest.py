from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dreamctl.errors import SandboxError
from dreamctl.sandbox import Limits, Sandbox, Tier

LIMITS = Limits(memory=96 << 20, cpu=20, seconds=5.0, reply=100_000, output=250_000)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Sandbox]]:
    """`opened(Tier.LANDLOCK)` is a sandbox of `talking`, closed with the test; skips where there is no such tier."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    boxes: list[Sandbox] = []

    def new(tier: Tier | None = None, harness: str = "talking:serve", **options: Any) -> Sandbox:
        try:
            boxes.append(Sandbox(harness, tier=tier, **{"limits": LIMITS, **options}))
        except SandboxError as error:
            if "cannot be locked in" not in str(error):
                raise
            pytest.skip(str(error))
        return boxes[-1]

    yield new
    for box in boxes:
        box.close()
