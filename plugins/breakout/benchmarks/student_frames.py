"""Frames a second that students' programs are played with on one core, all included, by the library they are for.

    python plugins/breakout/benchmarks/student_frames.py [--frames 3000]
    taskset -c 0 python plugins/breakout/benchmarks/student_frames.py --sandboxed

Without a sandbox the processor time of both sides is counted, so that a busy machine gives the same figures; in the
sandbox it is the clock, and starting a program, from its files to its first frame, is timed too.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from breakout_bare import Box

from dreamctl_breakout.frames import BALL, BALL_LEFT, BALL_RIGHT, GOES_ON, HEIGHT, STATUS, WIDTH
from dreamctl_breakout.reference import Reference, references
from dreamctl_breakout.students import Running, sandbox


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=3000)
    parser.add_argument("--sandboxed", action="store_true")
    options = parser.parse_args()
    box: Any = sandbox() if options.sandboxed else Box()
    clock = time.perf_counter if options.sandboxed else _used
    by_library: dict[str, list[tuple[float, float]]] = {}
    for reference in references():
        if reference.labels:
            continue
        rate, start = measure(reference, options.frames, box, clock)
        by_library.setdefault(reference.program.family.library, []).append((rate, start))
        begun = f", begun after {1000 * start:5.1f} ms" if options.sandboxed else ""
        print(f"{reference.name:22} {rate:8,.0f} frames a second{begun}")
    print()
    for library, found in sorted(by_library.items()):
        print(f"{library:22} {statistics.median(rate for rate, _ in found):8,.0f} frames a second")
    print(f"{'all':22} {statistics.median(rate for found in by_library.values() for rate, _ in found):8,.0f}")


def measure(reference: Reference, frames: int, box: Any, clock: Callable[[], float]) -> tuple[float, float]:
    """Frames a second, with the paddle under the ball, and the seconds until the first frame."""
    before = clock()
    running = Running(box, reference.program, 5, as_is=True)
    began = clock()
    played = 0
    while running.frame[STATUS] == GOES_ON and played < frames:
        frame = running.frame
        middle = (frame[BALL_LEFT] + frame[BALL_RIGHT]) / 2 if frame[BALL] else frame[WIDTH] / 2
        running.advance(middle + played // 300 * 7 % 31 - 15, 0.8 * frame[HEIGHT], float(played % 50 == 0))
        played += 1
    if clock is not time.perf_counter:
        running.close()  # what the child used counts once it has ended
        began = before
    ended = clock()
    running.close()
    return played / (ended - began), began - before


def _used() -> float:
    """Seconds of processor time of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    main()
