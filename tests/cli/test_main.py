from __future__ import annotations

import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from dreamctl import cli, errors
from dreamctl.cli.main import COMMANDS, EPILOG

Run = Callable[..., "subprocess.CompletedProcess[str]"]

FAILING = """
import dreamctl
import numpy as np
from gymnasium import spaces

class Failing(dreamctl.Simulator):
    def __init__(self, batch):
        self.batch = batch

    def reset(self, params, seeds, rows, instructions=None):
        return np.zeros((self.batch, 1), np.float32)

    def step(self, actions):
        {step}

@dreamctl.hookimpl
def dreamctl_environments():
    yield dreamctl.Environment(
        name="failing", observation_space=spaces.Box(0, 1, (1,)), actions=("a", "b"), exploration_steps=5,
        tasks=lambda: dreamctl.TaskSet(train=[dreamctl.Task(key="t", params=None)]), simulator=Failing)
"""


@pytest.fixture
def failing(tmp_path: Path) -> Callable[[str], str]:
    def write(step: str) -> str:
        file = tmp_path / "failing.py"
        file.write_text(FAILING.replace("{step}", step))
        return str(file)

    return write


def test_help_is_instant_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, time; begin = time.perf_counter(); sys.argv = ['dreamctl', '--help']\n"
        "from dreamctl.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print(time.perf_counter() - begin, *sys.modules, file=sys.stderr)"
    )
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - begin)
        inside, *modules = done.stderr.split()
        assert not {"torch", "numba", "gymnasium", "numpy", "attrs", "pluggy"} & set(modules)
        assert float(inside) < times[-1]
    assert min(times) < 0.3


def test_help_lists_every_command(dreamctl: Run) -> None:
    listing = " ".join(dreamctl("--help").stdout.split())
    assert all(f"{name} {line}" in listing for name, line in COMMANDS.items())


def test_there_is_a_module_for_every_command_and_a_command_for_every_module() -> None:
    modules = {module.name for module in pkgutil.iter_modules(cli.__path__)} - {"main", "options"}
    assert modules - set(COMMANDS) == set()
    assert set(COMMANDS) - modules <= {"play", "watch", "grade"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if find_spec(f"dreamctl.cli.{name}")])
def test_every_command_has_help_of_its_own(name: str, dreamctl: Run) -> None:
    shown = dreamctl(name, "--help")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(f"Usage: dreamctl {name}")


def test_dreamctl_alone_shows_its_help(dreamctl: Run) -> None:
    assert dreamctl().stdout == dreamctl("--help").stdout


def test_every_exit_code_is_documented() -> None:
    kinds = [errors.DreamctlError, *errors.DreamctlError.__subclasses__()]
    for kind in kinds:
        if kind.__module__ == "dreamctl.errors":
            assert f" {kind.exit_code} " in EPILOG, kind


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["plugns"], 2, "No command named 'plugns'."),
        (["plugins", "--jsn"], 2, "No such option '--jsn'. Did you mean '--json'? See 'dreamctl plugins --help'."),
        (["check"], 2, "Missing argument 'NAME'. See 'dreamctl check --help'."),
        (["new", "not-a-name"], 2, "'not-a-name' cannot be a plugin's name"),
        (["check", "nobody-has-this"], 3, "No plugin named 'nobody-has-this'."),
        (["bench", "--plugin", "missing.py"], 3, "Plugin file missing.py: there is no such file."),
    ],
)
def test_what_the_caller_can_mend_is_one_line_and_an_exit_code(
    arguments: list[str], code: int, sentence: str, dreamctl: Run
) -> None:
    done = dreamctl(*arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith(f"dreamctl: {sentence}")
    assert done.stderr.count("\n") == 1


def test_a_bug_keeps_its_traceback(dreamctl: Run, failing: Callable[[str], str]) -> None:
    done = dreamctl("bench", "--plugin", failing("1 / 0"))
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_a_plugin_that_fails_its_checks_exits_with_7_and_still_prints_its_document(
    dreamctl: Run, failing: Callable[[str], str]
) -> None:
    done = dreamctl("check", failing("1 / 0"), "--json")
    assert done.returncode == 7
    assert done.stderr.startswith("dreamctl: ")
    document = json.loads(done.stdout)
    assert document["schema_version"] == 1
    assert document["failed"] == sum(check["status"] == "failed" for check in document["checks"]) > 0
    assert sum(document[status] for status in ("passed", "failed", "not_applicable")) == len(document["checks"])


def test_an_interrupt_exits_with_130_and_says_nothing(failing: Callable[[str], str]) -> None:
    plugin = failing("import time; time.sleep(0.01); raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-m", "dreamctl", "bench", "--plugin", plugin], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (130, "")


def test_a_signal_from_the_keyboard_exits_with_130(failing: Callable[[str], str]) -> None:
    plugin = failing("import time; print('ready', flush=True); time.sleep(60)")
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it
    with subprocess.Popen(
        [sys.executable, "-m", "dreamctl", "bench", "--plugin", plugin],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard,
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline().strip() != "ready":
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors_said = process.communicate(timeout=30)
    assert (process.returncode, errors_said.strip()) == (130, "")


def test_a_reader_that_goes_away_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "dreamctl", "plugins", "--json"], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert done.stderr == b""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(shell: str, dreamctl: Run) -> None:
    done = dreamctl("completion", shell)
    assert done.returncode == 0
    assert "_DREAMCTL_COMPLETE" in done.stdout


def test_completion_knows_commands_and_plugins(dreamctl: Run, install: Callable[..., Path]) -> None:
    install("pongo", "")

    def complete(words: str) -> str:
        asked = {"_DREAMCTL_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        return dreamctl(**asked).stdout

    assert complete("dreamctl pl").split() == ["plain,plugins", "plain,play"]
    assert "plain,pongo" in complete("dreamctl check pon").split()
    assert "plain,pongo" in complete("dreamctl bench --plugin po").split()


def test_version_is_the_distributions(dreamctl: Run) -> None:
    import dreamctl as package

    assert dreamctl("--version").stdout.strip() == f"dreamctl, version {package.__version__}"
