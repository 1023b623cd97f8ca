"""What the sandbox costs: launching a warm parent, starting a child, one exchange, and memory, in each tier.

    python benchmarks/sandbox.py

Times by the clock depend on what else the machine does; processor time hardly does. The exchange is of 20 bytes each
way, and its processor time is that of both sides.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median
from typing import Any

from dreamctl.errors import SandboxError
from dreamctl.sandbox import Child, Sandbox, Tier

FILES = {"main.py": b"print()\n" * 100}
STARTS, EXCHANGES = 100, 20_000


def main() -> None:
    """Print one JSON document."""
    print(json.dumps({tier.value: measured(tier) for tier in Tier}, indent=2))


def measured(tier: Tier) -> dict[str, Any] | str:
    """The figures of one tier, or why it is not there."""
    began = time.perf_counter()
    try:
        box = Sandbox("dreamctl.sandbox.echo:serve", tier=tier)
    except SandboxError as error:
        return str(error)
    launch = time.perf_counter() - began
    with box:
        starts = sorted(started(box) for _ in range(STARTS))
        with box.start(FILES) as child:
            return {
                "launch_ms": round(1e3 * launch, 1),
                "start_ms": {"fastest": round(1e3 * starts[0], 2), "median": round(1e3 * median(starts), 2)},
                "exchange_us": exchanged(child),
                "memory_kib": memory(child._process),
            }


def started(box: Sandbox) -> float:
    """Seconds until a child serves."""
    began = time.perf_counter()
    child = box.start(FILES)
    seconds = time.perf_counter() - began
    child.close()
    return seconds


def exchanged(child: Child) -> dict[str, float]:
    """Microseconds of one exchange: by the clock, and of the processor on both sides together."""
    clock = (~child._process << 3) | 2
    message = bytes(20)
    used = time.process_time() + time.clock_gettime(clock)
    began = time.perf_counter()
    for _ in range(EXCHANGES):
        child.exchange(message)
    passed = time.perf_counter() - began
    used = time.process_time() + time.clock_gettime(clock) - used
    return {"clock": round(1e6 * passed / EXCHANGES, 1), "processor": round(1e6 * used / EXCHANGES, 1)}


def memory(process: int) -> dict[str, int]:
    """KiB of one child: all it sees, and what it does not share with others."""
    lines = [line.split() for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]]
    sizes = {name: int(size) for name, size, *_ in lines}
    return {"resident": sizes["Rss:"], "its_own": sizes["Private_Dirty:"] + sizes["Private_Clean:"]}


if __name__ == "__main__":
    main()
