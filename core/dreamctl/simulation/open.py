"""From an environment to a simulator: the one place that chooses between a batched, an adapted and a sandboxed one."""

from __future__ import annotations

from ..errors import SandboxError
from ..records import Environment
from .from_env import EnvSimulator
from .simulator import Simulator


def open_simulator(environment: Environment, batch: int, *, plain: bool = False) -> Simulator:
    """A simulator of `batch` rows. `plain` asks for the readable `env` where there are both."""
    if environment.runs_student_code and environment.simulator is None:
        raise SandboxError(
            f"{environment.name}: it runs student code in an 'env', where nothing protects from it; "
            "give a 'simulator' that runs it in a `dreamctl.sandbox`."
        )
    if environment.simulator is not None and not (plain and environment.env is not None):
        return environment.simulator(batch)
    return EnvSimulator(environment, batch)
