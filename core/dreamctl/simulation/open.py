"""From an environment to a simulator: the one place that chooses between a batched, an adapted and a sandboxed one."""

from __future__ import annotations

from ..errors import SandboxError
from ..records import Environment
from .from_env import EnvSimulator
from .simulator import Simulator


def open_simulator(environment: Environment, batch: int, *, plain: bool = False) -> Simulator:
    """A simulator of `batch` rows. `plain` asks for the readable `env` where there are both.

    Students' code is run by a simulator of the plugin's own, which does so in `dreamctl.sandbox`; never by an `env`.
    """
    if environment.runs_student_code and (environment.simulator is None or plain):
        raise SandboxError(
            f"{environment.name}: it runs student code, which needs a simulator that does so in dreamctl.sandbox."
        )
    if environment.simulator is not None and not (plain and environment.env is not None):
        return environment.simulator(batch)
    return EnvSimulator(environment, batch)
