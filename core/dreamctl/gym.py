"""Gymnasium's view of the installed plugins: importing this module registers their environments.

>>> import gymnasium
>>> env = gymnasium.make("dreamctl.gym:dreamctl/hallway-v1")  # the module before the colon is imported first
>>> envs = gymnasium.make_vec("dreamctl/hallway-v1", num_envs=64)

The id is `dreamctl/PLUGIN-vVERSION` for a plugin's default environment and `dreamctl/PLUGIN-ENVIRONMENT-vVERSION` for
the others; the version is the environment's. A plugin that is broken registers nothing: `dreamctl plugins` says why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import gymnasium

from .announce import VERSION, announced
from .errors import PluginError
from .plugins import Plugin, find_environment, installed, load
from .records import Environment
from .simulation.as_env import TaskEnv, TaskVectorEnv


def make_env(plugin: str, environment: str, **settings: Any) -> TaskEnv:
    """The entry point of every id."""
    return TaskEnv(find_environment(load(plugin), environment), **settings)


def make_vector_env(plugin: str, environment: str, **settings: Any) -> TaskVectorEnv:
    """The vector entry point of every id."""
    return TaskVectorEnv(find_environment(load(plugin), environment), **settings)


def make_announced_env(plugin: str, **settings: Any) -> TaskEnv:
    """The entry point of an id that `import dreamctl` announced before the plugin was loaded."""
    return make_env(plugin, _announced_environment(plugin), **settings)


def make_announced_vector_env(plugin: str, **settings: Any) -> TaskVectorEnv:
    """Its vector entry point."""
    return make_vector_env(plugin, _announced_environment(plugin), **settings)


def register(plugin: Plugin, name: str | None = None) -> list[str]:
    """Register the environments of a plugin; their ids. `name` is what `load` takes, where it is not the plugin's."""
    ids = []
    for environment in plugin.environments.values():
        ids.append(_id(plugin, environment))
        if ids[-1] not in gymnasium.registry:
            gymnasium.register(
                ids[-1],
                entry_point=f"{__name__}:make_env",
                vector_entry_point=f"{__name__}:make_vector_env",
                kwargs={"plugin": name or plugin.name, "environment": environment.name},
            )
    return ids


def _announced_environment(plugin: str) -> str:
    environment = find_environment(load(plugin))
    if environment.version != VERSION:
        right = f"dreamctl/{plugin}-v{environment.version}"
        raise PluginError(f"{announced(plugin)}: the environment's version is now {environment.version}; make {right}.")
    return environment.name


def _id(plugin: Plugin, environment: Environment) -> str:
    parts = [plugin.name] if environment is plugin.default_environment else [plugin.name, environment.name]
    return f"dreamctl/{'-'.join(parts)}-v{environment.version}"


def _working() -> Iterator[Plugin]:
    for info in installed():
        gymnasium.registry.pop(announced(info.name), None)  # what was announced unseen gives way to what is there
        try:
            yield load(info.name)
        except PluginError as error:
            logging.getLogger(__name__).debug("not registered: %s", error)


for _plugin in _working():
    register(_plugin)
