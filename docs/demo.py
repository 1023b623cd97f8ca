"""`make demo`: an agent learns to read the sign before it walks; then a few Bounce programs are played and graded.

Every step is a `dreamctl` command, shown as it could be typed. What is written goes to `demo/`, and only there.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEMO, PROGRAMS = Path("demo"), Path("docs/programs")  # below ROOT
RUN, EPISODES, GRADES = DEMO / "hallway", DEMO / "hallway.png", DEMO / "grades"
STEPS = 2_000_000  # half a minute of learning on one core
BEGUN = time.monotonic()


def main() -> None:
    make_room()
    learn_to_read_the_sign()
    measure_it()
    look_at_it()
    grade_a_class()
    say("\nThat was all")
    print(f"In {DEMO}/: the run, its curve, the picture, and the grades. Next: docs/tutorial.md, or")
    print("  .venv/bin/dreamctl play --plugin hallway")
    print("  .venv/bin/dreamctl play --plugin bounce --program docs/programs/emil.json")


def make_room() -> None:
    """Take away what an earlier demo left: dreamctl itself never overwrites a run or grades."""
    for old in (RUN, GRADES):
        shutil.rmtree(ROOT / old, ignore_errors=True)
    (ROOT / DEMO).mkdir(exist_ok=True)


def learn_to_read_the_sign() -> None:
    say("1 of 4: learning to explore (about 40 seconds)")
    print("Eight hallways lead away from a junction. One is right, and only a sign behind the junction says which.")
    print("An agent may explore once, too briefly to see both the sign and the end of a hallway, and for no reward.")
    print("Then it is asked to walk to the end of the right hallway. DREAM learns both from nothing.")
    dreamctl("train", "--plugin", "hallway", "--explorer", "dream", "--steps", str(STEPS), "--out", RUN)


def measure_it() -> None:
    say("2 of 4: measuring it from a fresh process, beside its controls")
    dreamctl("evaluate", RUN)
    print("Without information one hallway in eight is right: 0.125. With the exploration of another task (shuffled)")
    print("the agent walks to the wrong end; told the task, or with perfect play, the return is 1.")


def look_at_it() -> None:
    say("3 of 4: what it learned, as pictures")
    dreamctl("watch", "--run", RUN, "--task", "hallway-3", "--out", EPISODES)
    print(f"{RUN / 'curves.png'} is the learning curve, {EPISODES} one exploration and one execution episode.")


def grade_a_class() -> None:
    say("4 of 4: playing and grading six Bounce programs (about 20 seconds)")
    print(f"{PROGRAMS} holds six programs as students might hand them in: one is right, one cannot be read.")
    print("Each is played for 8 episodes of 100 steps; nobody looks at its text.")
    dreamctl("grade", "--plugin", "bounce", PROGRAMS, "--out", GRADES)
    print("Each line says how probable a fault is, and the step at which it showed.")
    print(f"Open {GRADES / 'index.html'}: a page about the class, and behind it one a program that replays its faults.")


def say(heading: str) -> None:
    """A heading, with the time since the demo began."""
    at = f"{time.monotonic() - BEGUN:.0f} s"
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(f"\n{bold}--- {heading} [{at}]{plain}", flush=True)


def dreamctl(*arguments: str | Path) -> None:
    """Run a command as one would type it, its output as it comes; stop where it fails."""
    words = [str(argument) for argument in arguments]
    print(f"\n$ dreamctl {shlex.join(words)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "dreamctl", *words], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    print(flush=True)


if __name__ == "__main__":
    main()
