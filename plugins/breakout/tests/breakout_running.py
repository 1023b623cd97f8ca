"""What the tests share: programs that run in a child, and a player who follows the ball."""

from pathlib import Path

from breakout_bare import Box

import dreamctl_breakout
from dreamctl_breakout.frames import BALL, BALL_LEFT, BALL_RIGHT, BRICKS, GOES_ON, STATUS
from dreamctl_breakout.students import Program, Running

PROGRAMS = Path(dreamctl_breakout.__file__).parent / "programs"


def run(files, key=1, as_is=True, **more):
    """A program that runs; `files` is the text of breakout.py, or texts by name."""
    texts = {"breakout.py": files} if isinstance(files, (str, bytes)) else files
    texts = {**texts, **more}
    return Running(Box(), Program({n: t if isinstance(t, bytes) else t.encode() for n, t in texts.items()}), key, as_is)


def still(running, frames, x=200.0, y=300.0):
    """Play frames with the mouse at a place; the frames that were seen."""
    seen = [running.frame]
    for _ in range(frames):
        if running.frame[STATUS] != GOES_ON:
            break
        running.advance(x, y, 0.0)
        seen.append(running.frame)
    return seen


def follow(running, frames=30_000, dodges=False, clicks=30):
    """Keep the paddle under the ball, or away from it, until the bricks are gone or the program stands still."""
    seen, calm = [running.frame], 0
    for number in range(frames):
        frame = running.frame
        if frame[STATUS] != GOES_ON or frame[BRICKS] == 0 or calm > 3 * clicks:
            break
        middle = (frame[BALL_LEFT] + frame[BALL_RIGHT]) / 2 if frame[BALL] else frame[0] / 2
        if dodges:
            x = middle + 0.45 * frame[0] if middle < frame[0] / 2 else middle - 0.45 * frame[0]
        else:
            x = middle + (number // 300 * 7) % 31 - 15
        before = frame
        running.advance(x, frame[1] * 0.8, float(number % clicks == 0))
        seen.append(running.frame)
        calm = (
            0 if (running.frame[BALL_LEFT : BALL_RIGHT + 2] != before[BALL_LEFT : BALL_RIGHT + 2]).any() else calm + 1
        )
    return seen
