"""`dreamctl doctor`: what this machine offers."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from .. import __version__
from .options import json_option, print_json

NEEDED = ("torch", "numba", "numpy", "gymnasium", "pygame", "safetensors", "scikit-learn", "tensorboard")
OPTIONAL = {"av": "video", "pytest": "test", "sphinx": "docs"}  # package -> the extra that brings it


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Say what this machine offers: versions, threads, memory, GPU, optional parts, sandbox."""
    found = survey()
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name:<10} {_shown(value)}")


def survey() -> dict[str, Any]:
    """Everything there is to say, by name; None where something is not there."""
    return {
        "python": platform.python_version(),
        "dreamctl": __version__,
        "system": platform.platform(),
        "packages": {name: _version(name) for name in NEEDED},
        "optional": {f"dreamctl[{extra}]": _version(name) for name, extra in OPTIONAL.items()},
        "cores": _cores(),
        "threads": _threads(),
        "memory_gib": _memory(),
        "gpus": _gpus(),
        "display": _display(),
        "sandbox": "none: this version runs no student code",
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cores() -> int:
    """Cores that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _threads() -> dict[str, int | None]:
    """Threads that torch and numba would use; None where one is missing."""
    found: dict[str, int | None] = {"torch": None, "numba": None}
    try:
        import torch

        found["torch"] = torch.get_num_threads()
    except ImportError:
        pass
    try:
        import numba

        found["numba"] = numba.get_num_threads()
    except ImportError:
        pass
    return found


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def _gpus() -> list[str]:
    try:
        import torch
    except ImportError:
        return []
    if torch.cuda.is_available():
        return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return ["Apple GPU (mps)"] if torch.backends.mps.is_available() else []


def _display() -> bool:
    """Whether a window can be opened, for `dreamctl play`."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "missing" if value is None else str(value)
