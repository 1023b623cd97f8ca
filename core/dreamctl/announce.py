"""So that `import dreamctl` is enough for `gymnasium.make("dreamctl/hallway-v1")`.

Only the names of the installed entry points are read, once Gymnasium has been imported, before dreamctl or after: no
plugin is loaded until one of its environments is made. An id's version is the environment's, which only the plugin
knows, so what is announced is version 1 of each plugin's default environment; `dreamctl.gym` registers everything.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

VERSION = 1


def announce() -> None:
    """Announce now if Gymnasium is there, else right after it is imported."""
    if "gymnasium" in sys.modules:
        _register()
    else:
        sys.meta_path.insert(0, _AfterGymnasium())


def announced(plugin: str) -> str:
    """The id of a plugin's default environment, as it is announced."""
    return f"dreamctl/{plugin}-v{VERSION}"


def _register() -> None:
    from gymnasium.envs.registration import register, registry

    installed = import_module(".plugins", __package__).installed  # named late: everything imports this package
    for info in installed():
        if info.state == "not loaded" and announced(info.name) not in registry and info.name != "core":
            register(
                announced(info.name),
                entry_point="dreamctl.gym:make_announced_env",
                vector_entry_point="dreamctl.gym:make_announced_vector_env",
                kwargs={"plugin": info.name},
            )


class _AfterGymnasium(MetaPathFinder):
    """Waits for the import of Gymnasium, and steps aside."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "gymnasium":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_register(module: ModuleType) -> None:
                execute(module)
                _register()

            spec.loader.exec_module = execute_and_register  # type: ignore[method-assign]
        return spec
