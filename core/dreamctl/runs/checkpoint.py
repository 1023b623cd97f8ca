"""Checkpoints: tensors and small values in one safetensors file, replaced in one step, and never a pickle.

The file's metadata holds the values as JSON, so that a kill between two writes cannot part them from the tensors;
`checkpoint.json` is a copy of that metadata for people to read, and nothing reads it back.
A digest of names, kinds, shapes and bytes tells a damaged file from a whole one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import RunError
from .settings import FORMAT, check_format

TENSORS, VALUES = "checkpoint.safetensors", "checkpoint.json"
SEPARATOR = "/"
TRAINING_ONLY = {"replay", "optimiser"}  # parts of the names of what nobody needs once training has ended


def write(directory: Path, state: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Replace the checkpoint by `state` (tensors, arrays and JSON values by name) and `about` (JSON values).

    Equal states make equal files.
    """
    from safetensors.numpy import save

    arrays: dict[str, NDArray[Any]] = {}
    torch_names, values = [], {}
    for name, value in state.items():
        if _is_tensor(value):
            torch_names.append(name)
            arrays[name] = _packed(value.detach().cpu().numpy())
        elif isinstance(value, (np.ndarray, np.generic)):
            arrays[name] = _packed(np.asarray(value))
        else:
            values[name] = value
    same = _same(arrays)
    arrays = {name: array for name, array in arrays.items() if name not in same}
    metadata = {
        "format_version": FORMAT,
        **about,
        "torch": sorted(torch_names),
        "same": same,
        "values": values,
        "digest": _digest(arrays),
    }
    text = json.dumps(metadata, sort_keys=True)
    replace(directory / TENSORS, save(arrays, metadata={"dreamctl": text}))
    replace(directory / VALUES, (json.dumps(metadata, sort_keys=True, indent=1) + "\n").encode())


def read(directory: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The state and the `about` values of the checkpoint in `directory`; RunError if it is not whole or too new."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = directory / TENSORS
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunError(f"Checkpoint {path}: cannot be read ({error.strerror}).") from error
    try:
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        metadata = json.loads(header["__metadata__"]["dreamctl"])
        arrays = load(content)
        check_format(metadata.pop("format_version", None), f"Checkpoint {path}")
        if metadata.pop("digest", None) != _digest(arrays):
            raise RunError(f"Checkpoint {path}: it is damaged, since its digest does not match its content.")
        arrays |= {name: arrays[stored].copy() for name, stored in metadata.pop("same", {}).items()}
        state = {**arrays, **metadata.pop("values")}
        for name in metadata.pop("torch"):
            state[name] = _tensor(arrays[name])
    except (SafetensorError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RunError(f"Checkpoint {path}: it is truncated, damaged, or not from a dreamctl run.") from error
    return state, metadata


def exists(directory: Path) -> bool:
    """Whether `directory` holds a checkpoint, whole or not."""
    return (directory / TENSORS).exists()


def lasting(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a finished run: without replays and optimisers, which are most of its bytes."""
    return {name: value for name, value in state.items() if TRAINING_ONLY.isdisjoint(name.split(SEPARATOR))}


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a kill leaves the old one."""
    temporary = path.with_name(path.name + ".writing")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")  # whoever made a tensor has imported it
    return torch is not None and isinstance(value, torch.Tensor)


def _tensor(array: NDArray[Any]) -> Any:
    import torch

    return torch.from_numpy(array.copy())


def _packed(array: NDArray[Any]) -> NDArray[Any]:
    """Contiguous, and a scalar stays one, which `np.ascontiguousarray` would not grant."""
    return np.array(array, order="C")


def _same(arrays: Mapping[str, NDArray[Any]]) -> dict[str, str]:
    """Arrays that equal one of an earlier name, which are stored once: a judge that is part of an explorer, say."""
    stored: dict[tuple[str, tuple[int, ...], bytes], str] = {}
    names = ((name, stored.setdefault(_content(arrays[name]), name)) for name in sorted(arrays))
    return {name: first for name, first in names if name != first}


def _content(array: NDArray[Any]) -> tuple[str, tuple[int, ...], bytes]:
    return str(array.dtype), array.shape, hashlib.sha256(array.data if array.size else b"").digest()


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
        digest.update(array.data if array.size else b"")
    return digest.hexdigest()
