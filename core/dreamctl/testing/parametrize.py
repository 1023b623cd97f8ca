"""The conformance checks as one pytest parametrisation."""

from __future__ import annotations

from typing import Any

import pytest

from .checks import CHECKS, run_check


def parametrize_with_checks(plugin: str) -> Any:
    """One test per conformance check of the plugin (its name, or a path ending in `.py`).

    >>> @parametrize_with_checks("pong")
    ... def test_pong_keeps_the_contract(check):
    ...     check()
    """

    def prepared(name: str) -> Any:
        def check() -> None:
            result = run_check(name, plugin)
            if result.status == "not_applicable":
                pytest.skip(result.detail)
            assert result.status == "passed", result.detail

        return pytest.param(check, id=name)

    return pytest.mark.parametrize("check", [prepared(name) for name in CHECKS])
