"""`dreamctl doctor`: what this machine offers."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click
from attrs import asdict

from .. import __version__
from ..errors import SandboxError
from .options import json_option, print_json

NEEDED = ("torch", "numba", "numpy", "gymnasium", "pygame", "safetensors", "scikit-learn", "tensorboard")
TIERS = ("bubblewrap", "namespaces", "landlock")
OPTIONAL = {"av": "video", "pytest": "test", "sphinx": "docs"}  # package -> the extra that brings it


@click.command()
@click.option("--tier", type=click.Choice(TIERS), help="Attack this tier of the sandbox instead of the best one.")
@click.option("--attacks/--no-attacks", default=True, help="Whether to attack the sandbox. It takes some seconds.")
@json_option
def command(tier: str | None, attacks: bool, as_json: bool) -> None:
    """Say what this machine offers: versions, threads, memory, GPU, optional parts, sandbox.

    The sandbox is what students' programs run in. Hostile programs are really run in it, beside one that does honest
    work; what each tried and how it ended is in the JSON document. The exit code is 6 if one of them was not contained,
    or if the tier that was asked for is not to be had.
    """
    found = survey()
    found["sandbox"] = sandbox(tier, attacks)
    if as_json:
        print_json(found)
    else:
        for name, value in found.items():
            click.echo(f"{name:<10} {_shown(_in_short(value) if name == 'sandbox' else value)}")
    if (found["sandbox"]["attacks"] and not found["sandbox"]["holds"]) or (tier and found["sandbox"]["tier"] != tier):
        raise SandboxError(found["sandbox"]["problem"])


def survey() -> dict[str, Any]:
    """Everything there is to say, by name; None where something is not there."""
    from ..runs.machine import usable_cores

    return {
        "python": platform.python_version(),
        "dreamctl": __version__,
        "system": platform.platform(),
        "packages": {name: _version(name) for name in NEEDED},
        "optional": {f"dreamctl[{extra}]": _version(name) for name, extra in OPTIONAL.items()},
        "cores": usable_cores(),
        "threads": _threads(),
        "memory_gib": _memory(),
        "gpus": _gpus(),
        "display": _display(),
    }


def sandbox(tier: str | None, attacks: bool) -> dict[str, Any]:
    """The tier that programs are locked in with, what became of attacks on it, and how to get a better one."""
    from ..sandbox.attacks.suite import attack_this_machine
    from ..sandbox.tiers import WAY_UP, Tier

    try:
        facts, attempts = attack_this_machine(tier, None if attacks else [])
    except SandboxError as error:
        none = {"tier": "none", "landlock": 0, "attacks": [], "holds": False}
        return {**none, "problem": str(error), "way_up": WAY_UP[Tier.NONE]}
    broken = [attempt.name for attempt in attempts if not attempt.contained]
    return {
        **facts,
        "attacks": [{**asdict(attempt), "contained": attempt.contained} for attempt in attempts],
        "holds": not broken,
        "problem": f"The sandbox does not hold against {', '.join(broken)}." if broken else None,
        "way_up": WAY_UP[Tier(facts["tier"])],
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


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


def _in_short(found: dict[str, Any]) -> str:
    contained = sum(attempt["contained"] for attempt in found["attacks"])
    attacks = f"{contained} of {len(found['attacks'])} attacks contained" if found["attacks"] else "not attacked"
    landlock = f" with Landlock {found['landlock']}" if found["landlock"] else ""
    return f"{found['tier']}{landlock}, {attacks}. {found['way_up']}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "missing" if value is None else str(value)
