"""The machine that a run is on: its device, and how many threads torch may use."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import UsageError


def pick_device(name: str) -> str:
    """`auto` is a GPU where there is one; a GPU that is not here is replaced by the processor."""
    import torch

    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", name):
        raise UsageError(f"--device {name}: a device is cpu, cuda (or cuda:1, ...), or auto.")
    if name == "auto" or name.startswith("cuda"):
        if torch.cuda.is_available():
            return "cuda" if name == "auto" else name
        if name != "auto":
            print(f"dreamctl: --device {name}: no GPU here that torch can use, so it is cpu.", file=sys.stderr)
        return "cpu"
    return name


@contextmanager
def on_threads(threads: int, device: str) -> Iterator[None]:
    """Torch on so many threads, with deterministic algorithms; as it was before, afterwards."""
    import torch

    before = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    torch.set_num_threads(threads)
    # Some of a GPU's algorithms have no deterministic form, which is worth a warning there and no more.
    # (`torch.use_deterministic_algorithms` says the same, but spends a second on importing torch's compiler.)
    torch.set_deterministic_debug_mode("error" if device == "cpu" else "warn")
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.set_deterministic_debug_mode(before[1])


def usable_cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
