"""Frames a second of one core that students' programs are played with: processor time of both sides, all included.

    python plugins/breakout/benchmarks/student_frames.py [frames]

Processor time is counted, not the clock, so that a busy machine gives the same figures. There is no sandbox.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from breakout_bare import Box

from dreamctl_breakout.frames import BALL, BALL_LEFT, BALL_RIGHT, GOES_ON, HEIGHT, STATUS, WIDTH
from dreamctl_breakout.reference import Reference, references
from dreamctl_breakout.students import Running


def main() -> None:
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    by_library: dict[str, list[float]] = {}
    for reference in references():
        if reference.labels:
            continue
        rate = measure(reference, frames)
        by_library.setdefault(reference.program.family.library, []).append(rate)
        print(f"{reference.name:22} {rate:8.0f}")
    print()
    for library, rates in sorted(by_library.items()):
        print(f"{library:22} {statistics.median(rates):8.0f}")


def measure(reference: Reference, frames: int) -> float:
    """Frames a second, with the paddle under the ball."""
    before = _used()
    running = Running(Box(), reference.program, 5)
    played = 0
    while running.frame[STATUS] == GOES_ON and played < frames:
        frame = running.frame
        middle = (frame[BALL_LEFT] + frame[BALL_RIGHT]) / 2 if frame[BALL] else frame[WIDTH] / 2
        running.advance(middle + played // 300 * 7 % 31 - 15, 0.8 * frame[HEIGHT], float(played % 50 == 0))
        played += 1
    running.close()
    return played / (_used() - before)


def _used() -> float:
    """Seconds of processor time of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    main()
