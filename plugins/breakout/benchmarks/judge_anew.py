"""Fits a judge anew to what the explorer of a finished run shows, after the designs or the observer have changed.

    python plugins/breakout/benchmarks/judge_anew.py WEIGHTS OUT

OUT is a run with the explorer of WEIGHTS as it is, and a judge of now; `dreamctl evaluate OUT` measures it.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from dreamctl.runs import checkpoint
from dreamctl.runs.directory import read_settings
from dreamctl.training.train import train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    shutil.copytree(options.weights, options.out)
    state, about = checkpoint.read(options.out)
    explorer = {
        name: value for name, value in state.items() if name.partition("/")[0] in ("explorer", "seen", "prevalence")
    }
    checkpoint.write(options.out, explorer, {**about, "phase": "judge", "risk": {}, "controls": []})
    train(read_settings(options.out), options.out, resume=True)


if __name__ == "__main__":
    main()
