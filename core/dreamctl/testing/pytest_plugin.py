"""Fixtures for a plugin's own tests. Every pytest run imports this file, so it imports nothing itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def only_plugins(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`only_plugins("pong")` hides every other plugin that is installed, for one test."""

    def hide_others(*names: str) -> None:
        from dreamctl.plugins import DISABLE, installed

        monkeypatch.delenv(DISABLE, raising=False)
        monkeypatch.setenv(DISABLE, ",".join(info.name for info in installed() if info.name not in names))

    return hide_others
