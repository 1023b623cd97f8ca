from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamctl.errors import SandboxError
from dreamctl.sandbox import Child, Contained, Limits, Sandbox, Tier, box, launch

FILES = {"main.py": b"print('h\xc3\xa9')\n", "levels/one.txt": b"1"}
Opened = Callable[..., Sandbox]


def contained(child: Child, message: bytes, seconds: float | None = None) -> Contained:
    with pytest.raises(Contained) as caught:
        child.exchange(message, seconds)
    with pytest.raises(Contained) as again:
        child.exchange(b"echo")
    assert again.value is caught.value
    return caught.value


def gone(process: int) -> bool:
    """Whether a process is gone, or will be within moments."""
    for _ in range(200):
        if not Path(f"/proc/{process}").exists():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("tier", Tier)
def test_a_child_has_its_files_and_nothing_of_ours(tier: Tier, opened: Opened) -> None:
    sandbox = opened(tier)
    with sandbox.start(FILES, b"argument") as child:
        about = json.loads(child.exchange(b"about"))
    assert about["files"] == {name: content.decode() for name, content in FILES.items()}
    assert about["argument"] == "argument"
    assert about["here"]
    assert 0 not in about["users"]
    assert about["environment"] == {}
    assert not {"numpy", "torch", "numba", "attrs", "dreamctl.errors"} & set(about["modules"])
    assert sandbox.tier is tier
    assert sandbox.facts["tier"] == tier.value


def test_a_program_says_the_same_in_every_tier_and_every_time(opened: Opened) -> None:
    said = []
    for tier in Tier:
        try:
            sandbox = opened(tier)
        except pytest.skip.Exception:
            continue
        with sandbox.start(FILES) as child:
            about = json.loads(child.exchange(b"about"))
            said.append((about["order"], about["modules"], [child.exchange(b"echo %d" % n) for n in range(5)]))
    assert said.count(said[0]) == len(said) >= 1


def test_messages_of_any_length_come_back_whole(opened: Opened) -> None:
    with opened(limits=Limits()).start({}) as child:
        for length in (0, 1, 65_523, 65_524, 65_525, 1_000_000):
            message = os.urandom(length)
            assert child.exchange(b"echo " + message) == message


def test_the_shortest_harness_says_back_what_it_hears(opened: Opened) -> None:
    with opened(harness="dreamctl.sandbox.echo:serve").start({}) as child:
        assert [child.exchange(b"%d" % number) for number in range(3)] == [b"0", b"1", b"2"]


def test_children_compute_at_the_same_time_and_do_not_mix_up(opened: Opened) -> None:
    sandbox = opened()
    children = [sandbox.start({}) for _ in range(5)]
    for number, child in enumerate(children):
        child.send(b"echo %d" % number)
    assert [child.receive() for child in reversed(children)] == [b"4", b"3", b"2", b"1", b"0"]
    children[2].close()
    assert [child.exchange(b"echo x") for child in children if child is not children[2]] == [b"x"] * 4
    assert sandbox.start(FILES).exchange(b"echo new") == b"new"


def test_an_error_of_the_harness_arrives_with_its_traceback(opened: Opened) -> None:
    end = contained(opened().start({}), b"fail")
    assert end.cause == "crashed"
    assert "ValueError: the harness is wrong" in end.detail


def test_a_child_that_is_done_or_closed_has_ended(opened: Opened) -> None:
    sandbox = opened()
    assert contained(sandbox.start({}), b"stop").cause == "ended"
    child = sandbox.start({})
    child.close()
    assert contained(child, b"echo").cause == "ended"


def test_too_much_memory_is_the_cause_where_the_harness_does_not_survive_it(opened: Opened) -> None:
    assert contained(opened().start({}), b"eat").cause == "memory"


def test_replies_are_bounded_one_by_one_and_together(opened: Opened) -> None:
    sandbox = opened()
    child = sandbox.start({})
    assert len(child.exchange(b"say 100000")) == len(child.exchange(b"say 100000")) == 100_000
    assert contained(child, b"say 60000").cause == "output"
    assert contained(sandbox.start({}), b"say 100001").cause == "output"


def test_an_exchange_is_bounded_by_processor_time_and_sleep(opened: Opened) -> None:
    sandbox = opened()
    child = sandbox.start({})
    assert child.exchange(b"spend 0.05", 1.0) == b"spent"
    assert child.exchange(b"nap 0.05", 1.0) == b"slept"
    assert contained(child, b"spend 30", 0.1).cause == "time"
    assert contained(sandbox.start({}), b"nap 30", 0.1).cause == "time"


def test_a_life_is_bounded_by_the_sleep_in_it_too(opened: Opened) -> None:
    child = opened(limits=Limits(sleep=0.3)).start({})
    for _ in range(2):
        assert child.exchange(b"nap 0.1") == b"slept"
    assert contained(child, b"nap 0.3").cause == "time"
    end = contained(child, b"nap 0")
    assert "in its life" in end.detail
    assert end.lived


def test_waiting_for_us_costs_a_child_nothing(opened: Opened) -> None:
    child = opened().start({})
    child.send(b"echo early", 0.1)
    time.sleep(0.3)
    assert child.receive() == b"early"
    time.sleep(0.3)
    assert child.exchange(b"echo late", 0.1) == b"late"


def test_a_life_is_bounded_by_processor_time(opened: Opened) -> None:
    child = opened(limits=Limits(cpu=1)).start({})
    end = contained(child, b"spend 30", 20.0)
    assert end.cause == "time"
    assert "in its life" in end.detail
    assert end.lived


@pytest.mark.parametrize("tier", Tier)
def test_a_dead_warm_parent_takes_its_children_only_and_is_started_again(tier: Tier, opened: Opened) -> None:
    sandbox, other = opened(tier), opened(tier)
    child, unharmed = sandbox.start({}), other.start({})
    signal.pidfd_send_signal(sandbox._parent.itself, signal.SIGKILL)
    end = contained(child, b"spend 30", 20.0)
    assert end.cause == "lost"
    assert end.ours
    assert sandbox.start({}).exchange(b"echo again") == b"again"
    assert unharmed.exchange(b"echo as ever") == b"as ever"


@pytest.mark.parametrize("tier", Tier)
def test_nothing_is_left_behind(tier: Tier, opened: Opened) -> None:
    sandbox = opened(tier)
    folder = sandbox._parent.folder
    ended, running = sandbox.start(FILES), sandbox.start(FILES)
    ended.close()
    assert gone(ended._process)
    sandbox.close()
    assert gone(running._process)
    assert folder is None or not Path(folder).exists()


@pytest.mark.parametrize("tier", Tier)
def test_everything_ends_with_a_grader_that_is_killed(tier: Tier, opened: Opened) -> None:
    opened(tier).close()
    script = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from dreamctl.sandbox import Sandbox
box = Sandbox("talking:serve", tier={tier.value!r})
child = box.start({{}})
child.send(b"spend 60")
print(child._process, box._parent.process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        processes = [int(number) for number in grader.stdout.readline().split()]
        grader.kill()
    assert len(processes) == 2
    assert all(map(gone, processes))


def test_a_copy_of_the_grader_starts_a_warm_parent_of_its_own(opened: Opened) -> None:
    sandbox = opened()
    child = sandbox.start({})
    copy = os.fork()
    if copy == 0:
        code = 1
        try:
            fresh = sandbox.start({})
            same = fresh.exchange(b"echo copy") == b"copy"
            sandbox.close()
            code = 0 if same else 2
        finally:
            os._exit(code)
    for _ in range(20):
        assert child.exchange(b"echo original") == b"original"
    _, status = os.waitpid(copy, 0)
    assert status == 0
    assert child.exchange(b"echo after") == b"after"
    assert sandbox.start({}).exchange(b"echo new") == b"new"


def test_a_harness_that_cannot_be_there_is_named(opened: Opened, tmp_path: Path) -> None:
    for harness, says in (("nowhere:serve", "nowhere"), ("talking", "module:function"), ("sys:exit", "sys")):
        with pytest.raises(SandboxError, match=says):
            opened(harness=harness)
    (tmp_path / "heavy.py").write_text("import numpy\n")
    sys.path.insert(0, str(tmp_path))
    tmp_path.chmod(0o755)
    try:
        with pytest.raises(SandboxError, match="heavy:serve cannot be imported in the sandbox: ModuleNotFoundError"):
            opened(harness="heavy:serve")
    finally:
        sys.path.remove(str(tmp_path))


def test_a_harness_may_have_parts_and_its_packages_are_not_run(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "game"
    (package / "drawing").mkdir(parents=True)
    (package / "__init__.py").write_text("import sys\nloaded = True\n")
    (package / "inside.py").write_text(
        "from . import wire\nfrom .drawing import shapes\n"
        "def serve(link, folder, argument):\n"
        "    import game\n"
        "    link.receive()\n"
        "    link.send(repr((wire.WORD, shapes.SHAPE, hasattr(game, 'loaded'))).encode())\n"
        "    link.receive()\n"
        "    from . import rubric\n"
    )
    (package / "wire.py").write_text("WORD = 'wire'\n")
    (package / "rubric.py").write_text("SECRET = 'answer'\n")
    (package / "drawing" / "__init__.py").write_text("")
    (package / "drawing" / "shapes.py").write_text("SHAPE = 'ball'\n")
    tmp_path.chmod(0o755)
    monkeypatch.syspath_prepend(str(tmp_path))
    with opened(harness="game.inside:serve", parts=["game.wire", "game.drawing"]).start({}) as child:
        assert child.exchange(b"") == b"('wire', 'ball', False)"
        if child._parent.facts["first_process"]:
            assert "ImportError" in contained(child, b"").detail


def test_without_bubblewrap_the_next_tier_is_taken(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch.shutil, "which", lambda name: None)
    sandbox = opened()
    assert sandbox.tier in (Tier.NAMESPACES, Tier.LANDLOCK)
    assert sandbox.start({}).exchange(b"echo x") == b"x"


def test_without_any_protection_there_is_no_sandbox_but_the_way_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(tier: Tier, *_: object) -> None:
        raise launch.Unavailable(f"The kernel refuses {tier.value}.")

    monkeypatch.setattr(box, "launch", unavailable)
    with pytest.raises(SandboxError) as refused:
        Sandbox("dreamctl.sandbox.attacks.harness:serve")
    assert refused.value.exit_code == 6
    assert "landlock: The kernel refuses landlock." in str(refused.value)
    assert "Use Linux" in str(refused.value)
