"""Where a result comes from: versions, plugin, data, seed and machine."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .. import __version__
from ..plugins import Plugin
from ..records import Environment
from .settings import FORMAT, Settings

LIBRARIES = ("numpy", "torch", "numba", "gymnasium", "scikit-learn", "safetensors")


def provenance(settings: Settings, plugin: Plugin, environment: Environment) -> dict[str, Any]:
    """What `provenance.json` holds. Data are named by their SHA-256, so that a moved file is known again."""
    return {
        "schema_version": FORMAT,
        "dreamctl": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "plugin": {"name": plugin.name, "distribution": plugin.distribution, "version": plugin.version},
        "environment": {"name": environment.name, "version": environment.version},
        "data": {settings.tasks: file_digest(Path(settings.tasks))} if settings.tasks else {},
        "seed": settings.seed,
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "byte_order": sys.byteorder,
        },
    }


def file_digest(path: Path) -> str:
    """SHA-256 of a file, or of every file in a folder with its relative name, in order."""
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(b"" if file == path else f"{file.relative_to(path)}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
