"""Which random numbers are drawn for what: every seed of a run is a pure function of its settings and a counter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from .. import random
from ..records import Task

LEARN, JUDGE, CALIBRATE, EVALUATE, GRADE, SPLIT, DRAW, SHUFFLE, BOOTSTRAP = range(101, 110)


def seed_torch(seed: int, *path: int) -> None:
    """Start torch's own generator anew, so that what follows depends on nothing before it."""
    import torch

    torch.manual_seed(random.key(seed, *path) >> 1)


def generator(seed: int, *path: int) -> np.random.Generator:
    """A NumPy generator of that path."""
    return np.random.default_rng(random.key(seed, *path))


def task_seeds(seed: int, purpose: int, tasks: Sequence[Task], turn: int = 0) -> NDArray[np.uint64]:
    """A seed per task: it depends on the task's key and on nothing that shares its batch. uint64 [B]"""
    return np.array([random.key(seed, purpose, text_hash(task.key), turn) for task in tasks], np.uint64)


def text_hash(text: str) -> int:
    """64 bits of the SHA-256 of a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def program_hash(task: Task) -> int:
    """64 bits that two tasks share if and only if their `params` are the same; by key where they cannot be read."""
    digest = hashlib.sha256()
    for piece in _pieces(task.params, task.key):
        digest.update(piece.encode() + b"\0")
    return int.from_bytes(digest.digest()[:8], "little")


def _pieces(value: Any, key: str) -> list[str]:
    if value is None or isinstance(value, (bool, int, float, str, bytes, np.generic)):
        return [type(value).__name__, repr(value)]
    if isinstance(value, np.ndarray):
        return [f"array {value.dtype} {value.shape}", hashlib.sha256(np.array(value, order="C").data).hexdigest()]
    if attrs.has(type(value)):
        return [type(value).__name__, *_pieces([getattr(value, f.name) for f in attrs.fields(type(value))], key)]
    if isinstance(value, dict):
        value = [part for item in value.items() for part in item]
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=repr)
    if isinstance(value, (list, tuple)):
        return [f"{len(value)} parts", *(piece for part in value for piece in _pieces(part, key))]
    return ["key", key]
