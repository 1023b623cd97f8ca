"""What a child can see: Python as it is installed, its system libraries, the harness, and nothing else."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterable
from glob import escape, glob
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from ..errors import SandboxError

_LIBRARIES = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64")
_LEFT_OUT = ("site-packages", "dist-packages", "test", "tests", "idlelib", "turtledemo", "ensurepip", "config-*")
_HERE = os.path.dirname(os.path.abspath(__file__))


@frozen(kw_only=True)
class Tree:
    """Paths of this machine that are seen in the sandbox, all of them only to be read."""

    python: str  # the interpreter
    readable: tuple[str, ...]  # Python and what it needs
    hidden: tuple[str, ...]  # folders in there that are seen empty: packages of others
    links: tuple[tuple[str, str], ...]  # symbolic links: name, target
    ours: tuple[str, ...]  # the harness and the sandbox's own modules
    sandbox: str  # the folder of this package
    packages: dict[str, str]  # packages on the way to the harness, and their folders
    modules: dict[str, str]  # modules and packages that are in no other one, and their files
    home: str | None = None  # where Python's library is a copy

    def settings(self) -> dict[str, Any]:
        """What the warm parent has to know of it."""
        tree = {"readable": self.readable, "hidden": self.hidden, "links": self.links, "ours": self.ours}
        return {"tree": tree, "sandbox": self.sandbox, "packages": self.packages, "modules": self.modules}


def tree_for(harness: str, parts: Iterable[str]) -> Tree:
    """The tree in which the module of `harness` and the modules and packages in `parts` can be imported."""
    module, colon, function = harness.partition(":")
    if not (colon and module and function):
        raise SandboxError(f"A harness is called 'module:function', not {harness!r}.")
    names = (module, *parts)
    packages = {name: _place(_spec(name)) for name in _parents(names)}
    seen = [path for path in (*_libraries(), *_python()) if os.path.exists(path)]
    readable = [path for path in seen if not os.path.islink(path)]
    return Tree(
        python=os.path.realpath(getattr(sys, "_base_executable", sys.executable)),
        readable=tuple(_outermost(readable)),
        hidden=tuple(_hidden(readable)),
        links=tuple((path, os.readlink(path)) for path in seen if os.path.islink(path)),
        ours=tuple(_outermost([_HERE, *(_place(_spec(name)) for name in names)])),
        sandbox=_HERE,
        packages=packages,
        modules={name: os.path.realpath(str(_spec(name).origin)) for name in names if "." not in name},
    )


def borrowed(tree: Tree, folder: str) -> Tree:
    """The same tree for a user who may not go where Python is installed, in a copy of those parts in `folder`."""
    home = f"{folder}/python"
    library = f"{home}/lib/python{sys.version_info.major}.{sys.version_info.minor}"
    left_out = shutil.ignore_patterns(*_LEFT_OUT)
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=left_out, copy_function=_link_or_copy)
    for path in tree.ours:
        _copy(path, f"{folder}/ours{path}")
    return evolve(
        tree,
        readable=(home, *(path for path in tree.readable if public(path))),
        ours=tuple(f"{folder}/ours{path}" for path in tree.ours),
        sandbox=f"{folder}/ours{tree.sandbox}",
        packages={name: f"{folder}/ours{path}" for name, path in tree.packages.items()},
        modules={name: f"{folder}/ours{path}" for name, path in tree.modules.items()},
        home=home,
    )


def public(path: str) -> bool:
    """Whether everybody on this machine may read what is at `path`."""
    file = Path(path)
    if not file.stat().st_mode & 0o004:
        return False
    return all(folder.stat().st_mode & 0o001 for folder in file.resolve().parents)


def _spec(name: str) -> ModuleSpec:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None or not os.path.isfile(spec.origin):
        raise SandboxError(f"There is no module {name!r} with a file of its own to take into the sandbox.")
    return spec


def _place(spec: ModuleSpec) -> str:
    """The file of a module, the folder of a package."""
    assert spec.origin is not None
    file = os.path.realpath(spec.origin)
    return os.path.dirname(file) if spec.submodule_search_locations else file


def _parents(names: Iterable[str]) -> list[str]:
    """The packages that modules are in, outer ones first."""
    return sorted({name[:at] for name in names for at, letter in enumerate(name) if letter == "."})


def _libraries() -> list[str]:
    return [*_LIBRARIES, "/etc/ld.so.cache"]


def _python() -> list[str]:
    """The interpreter and its library; of an installation of its own, its whole folder of libraries."""
    python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    library = sysconfig.get_path("stdlib")
    lib = os.path.join(sys.base_prefix, "lib")
    return [python, library, *([lib] if sys.base_prefix != "/usr" else []), *_loaded()]


def _loaded() -> list[str]:
    """Where compiled modules of Python's own library are, if they are elsewhere."""
    return [path for path in sys.path if os.path.basename(path) == "lib-dynload"]


def _hidden(readable: Iterable[str]) -> list[str]:
    found = []
    for path in readable:
        for name in ("site-packages", "dist-packages"):
            found += [*glob(f"{escape(path)}/{name}"), *glob(f"{escape(path)}/python3*/{name}")]
    return sorted({os.path.realpath(path) for path in found})


def _outermost(paths: Iterable[str]) -> list[str]:
    """Without those that are in another one anyway."""
    found: list[str] = []
    for path in sorted({os.path.realpath(path) for path in paths}):
        if not any(path.startswith(f"{other}/") for other in found):
            found.append(path)
    return found


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copyfile(source, target)


def _copy(source: str, target: str) -> None:
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isdir(source):
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
