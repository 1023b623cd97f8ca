"""What `dreamctl new` writes: a whole plugin, kept here as it is, with `pong` where the new name goes."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from ..errors import UsageError
from ..plugins import CORE

PLACEHOLDER = "pong"
FILES = (
    "pyproject.toml",
    "README.md",
    "src/dreamctl_pong/__init__.py",
    "src/dreamctl_pong/env.py",
    "src/dreamctl_pong/fast.py",
    "tests/test_pong.py",
)


def render(name: str, folder: Path) -> list[Path]:
    """Write the plugin package `dreamctl-NAME` into `folder`, which does not exist yet; the files written."""
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise UsageError(
            f"'{name}' cannot be a plugin's name: it needs lower-case letters, digits and '_', like 'pong'."
        )
    if name == CORE:
        raise UsageError(f"'{name}' is the name of dreamctl's own plugin; choose another.")
    if folder.exists():
        raise UsageError(f"{folder} exists already; nothing was written. Choose another folder with --out.")
    written = []
    for file in FILES:
        text = (Path(__file__).parent / file).read_text("utf-8")
        target = folder / file.replace(PLACEHOLDER, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(PLACEHOLDER, name), "utf-8")
        written.append(target)
    return written
