"""A tape gives the pictures back, and costs little where little changes."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from dreamctl.replay import html
from dreamctl.replay.tape import tape, untape

WALL = tuple((row // 2, 40 * column, 20 * row, 36, 16) for row in range(10) for column in range(10))


def pictures(seed, count=60):
    """Shapes come, go, move, change places and are many alike, at random."""
    rng = np.random.default_rng(seed)
    picture, told = list(WALL[: rng.integers(0, 30)]), []
    for _ in range(count):
        for _ in range(rng.integers(0, 4)):
            at = int(rng.integers(0, len(picture) + 1))
            change = rng.integers(0, 4)
            if change == 0 or not picture:
                picture.insert(at, tuple(int(n) for n in (rng.integers(0, 3), *rng.integers(-500, 500, 4))))
            elif change == 1:
                picture.pop(at % len(picture))
            elif change == 2:
                look, x, y, *size = picture[at % len(picture)]
                picture[at % len(picture)] = (look, x + int(rng.integers(-9, 9)), y - 1, *size)
            else:
                picture.append(picture.pop(at % len(picture)))
        told.append(tuple(picture))
    return told


@pytest.mark.parametrize("seed", range(20))
def test_a_tape_gives_the_same_pictures(seed):
    assert untape(tape(pictures(seed))) == pictures(seed)


def test_a_frame_in_which_the_ball_flies_costs_six_bytes():
    def shown(frames):
        return [(*WALL, (5, 200 + 3 * n, 400 - 4 * n, 20, 20), (6, 180, 580, 75, 10)) for n in range(frames)]

    assert len(tape(shown(1001))) - len(tape(shown(1))) == pytest.approx(1000 * 6 * 4 / 3, abs=4)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, to run the script of the page")
def test_the_script_of_a_page_reads_the_same_pictures(tmp_path):
    script = html.replay_script()
    reading = script[script.index("const untape") : script.index("const digits")]
    told = [pictures(seed) for seed in range(5)]
    ask = f"console.log(JSON.stringify({json.dumps([tape(each) for each in told])}.map(untape)));"
    (tmp_path / "read.js").write_text(reading + ask)
    said = subprocess.run(["node", tmp_path / "read.js"], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == json.loads(json.dumps(told))
