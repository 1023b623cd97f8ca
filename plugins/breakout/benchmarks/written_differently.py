"""Writes the reference programs into a folder, with a list of their labels, to measure a judge on:

    python plugins/breakout/benchmarks/written_differently.py FOLDER
    dreamctl evaluate RUN --tasks FOLDER/programs.jsonl

They are written by hand for five libraries, in different ways, and nothing is trained on them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from dreamctl_breakout.reference import references


def write(folder: Path) -> None:
    """Each program in a folder of its own, and `programs.jsonl`."""
    lines = []
    for number, reference in enumerate(references()):
        name = f"{number:02}-{reference.folder}"
        for file, content in reference.program.files:
            path = folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        lines.append(json.dumps({"program": name, "labels": sorted(reference.labels)}) + "\n")
    (folder / "programs.jsonl").write_text("".join(lines))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
