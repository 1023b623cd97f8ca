"""Hostile programs, one function each, in the words of the student who would write it.

A function raises if it was refused, returns nothing if it gained nothing, and returns a sentence about what it gained.
`prey` says what there is to be had: `secret` (the path of a file), `folder`, `link`, `port`, `socket` (a path),
`abstract` (a name), `grader` (a process), `neighbour` (a folder), `processes` (those of neighbours).

They run in the sandbox, so this file imports nothing but Python's own library.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

ATTACKS: dict[str, tuple[Callable[..., Any], str, tuple[str, ...], bool]] = {}
Tries = list[Callable[[], Any]]
LINK = 3
ARM = platform.machine() == "aarch64"


def attack(kind: str, *ends: str, control: bool = False) -> Callable[[Any], Any]:
    """Note an attack: its kind, and how it may end: `refused`, or a cause; first what it ends with as a rule.

    `control`: without a sandbox it succeeds, and does no harm.
    """

    def note(function: Any) -> Any:
        ATTACKS[function.__name__] = (function, kind, ends or ("refused",), control)
        return function

    return note


def first_success(tries: Iterable[Callable[[], Any]]) -> Any:
    """What the first one that is not refused gives; the last refusal if all are."""
    last: BaseException = OSError("nothing to try")
    for each in tries:
        try:
            return each()
        except (OSError, MemoryError, ValueError, RuntimeError) as error:
            last = error
    raise last


def first_of(function: Callable[..., Any], each: Iterable[Any]) -> Any:
    """The same for one function with the arguments of each."""
    return first_success([partial(function, *(one if isinstance(one, tuple) else (one,))) for one in each])


def read(path: str) -> str:
    with open(path, "rb") as file:
        return f"read {path}: {file.read(80)!r}"


def system_call(x86: int, arm: int, *arguments: Any) -> str:
    """Call the kernel by number, past all of Python."""
    libc = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = libc.syscall(ctypes.c_long(arm if ARM else x86), *values)
    if result == -1:
        number = ctypes.get_errno()
        if number in (errno.EFAULT, errno.EINVAL, errno.EBADF, errno.ESRCH):
            return f"the kernel takes call {x86}, and only minds its arguments ({os.strerror(number)})"
        raise OSError(number, os.strerror(number))
    return f"system call {x86} gave {result}"


# --- network -----------------------------------------------------------------------------------------------------


@attack("network", control=True)
def connect(prey: Any) -> str:
    import socket

    with socket.create_connection(("127.0.0.1", prey.port), timeout=1):
        return "connected to the grader's machine"


@attack("network")
def connect_by_ipv6(prey: Any) -> str:
    import socket

    with socket.socket(socket.AF_INET6) as six:
        six.connect(("::1", prey.port))
        return "connected by IPv6"


@attack("network", control=True)
def send_a_datagram(prey: Any) -> str:
    import socket

    with socket.socket(type=socket.SOCK_DGRAM) as udp:
        return f"sent {udp.sendto(b'secret', ('127.0.0.1', prey.port))} bytes"


@attack("network")
def connect_to_a_unix_socket(prey: Any) -> str:
    import socket

    with socket.socket(socket.AF_UNIX) as unix:
        unix.connect(prey.socket)
        return "connected to a socket in a folder"


@attack("network", control=True)
def connect_to_an_abstract_socket(prey: Any) -> str:
    import socket

    with socket.socket(socket.AF_UNIX) as unix:
        unix.connect("\0" + prey.abstract)
        return "connected to an abstract socket"


@attack("network", control=True)
def ask_netlink(prey: Any) -> str:
    import socket

    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.bind((0, 0))
        return "talks to the kernel's tables"


@attack("network")
def open_a_raw_socket(prey: Any) -> str:
    import socket

    def raw(family: int, protocol: int) -> Callable[[], str]:
        return lambda: f"opened {socket.socket(family, socket.SOCK_RAW, protocol)}"

    return first_success([raw(socket.AF_INET, 1), raw(socket.AF_PACKET, 0x300), raw(38, 0), raw(40, 0)])


@attack("network", control=True)
def listen(prey: Any) -> str:
    import socket

    with socket.socket() as server:
        server.bind(("", 0))
        server.listen()
        return f"listens at {server.getsockname()}"


@attack("network", control=True)
def pair_sockets(prey: Any) -> str:
    import socket

    one, other = socket.socketpair()
    one.close()
    other.close()
    return "made sockets, to pass descriptors on"


@attack("network")
def fetch_a_page(prey: Any) -> str:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{prey.port}/", timeout=1) as page:
        return f"read {page.read(10)!r}"


# --- files -------------------------------------------------------------------------------------------------------


@attack("files", control=True)
def read_a_secret(prey: Any) -> str:
    return read(prey.secret)


@attack("files", control=True)
def read_accounts(prey: Any) -> str:
    return first_of(read, ("/etc/shadow", "/etc/passwd", "/etc/hosts"))


@attack("files", control=True)
def list_folders(prey: Any) -> str:
    folders = ("/", "/home", "/root", "/etc", "/tmp", "/var", os.path.dirname(prey.secret))
    return f"a folder has {first_of(os.listdir, folders)}"


@attack("files")
def read_homes(prey: Any) -> str:
    paths = ("~/.ssh/id_rsa", "~/.bash_history", "/root/.bashrc", "/root/.ssh/authorized_keys", "/home/ubuntu/.bashrc")
    return first_of(read, map(os.path.expanduser, paths))


@attack("files")
def climb_out(prey: Any) -> str:
    up = "../" * 12
    os.chdir("/")
    paths = [f"{prey.folder}/{up}etc/passwd", "etc/passwd", f"/proc/self/root{prey.secret}"]
    return first_of(read, [*paths, f"/proc/1/cwd{prey.secret}"])


@attack("files")
def read_beside_a_descriptor(prey: Any) -> str:
    folder = os.open(prey.folder, os.O_RDONLY)
    file = os.open("../../../../../.." + prey.secret, os.O_RDONLY, dir_fd=folder)
    return f"read {os.read(file, 80)!r}"


@attack("files")
def write_in_its_own_folder(prey: Any) -> str:
    with open(f"{prey.folder}/left-behind", "w") as file:
        return f"wrote {file.write('for the next one')} bytes"


@attack("files", control=True)
def change_its_own_files(prey: Any) -> str:
    program = f"{prey.folder}/program.py"
    tries: Tries = [
        lambda: os.chmod(program, 0o777),
        lambda: os.rename(program, program + "2"),
        lambda: os.unlink(program),
    ]
    return f"changed its files: {first_success([*tries, lambda: os.truncate(program, 0), lambda: os.utime(program)])}"


@attack("files")
def write_elsewhere(prey: Any) -> str:
    def write(path: str) -> str:
        with open(path, "w") as file:
            file.write("x")
        os.unlink(path)
        return f"wrote {path}"

    places = ("/tmp", "/var/tmp", "/dev/shm", "/", "/programs", os.path.dirname(prey.folder), "/run/lock", "/usr/lib")
    return first_of(write, [f"{place}/dreamctl-attack" for place in places])


@attack("files")
def change_the_secret(prey: Any) -> str:
    tries: Tries = [
        lambda: os.truncate(prey.secret, 0),
        lambda: os.unlink(prey.secret),
        lambda: os.chmod(prey.secret, 0),
    ]
    return f"changed it: {first_success([*tries, lambda: os.rename(prey.secret, prey.secret + '2')])}"


@attack("files", control=True)
def link_to_the_outside(prey: Any) -> str:
    os.symlink("/etc/passwd", f"{prey.folder}/link")
    return read(f"{prey.folder}/link")


@attack("files")
def make_a_hard_link(prey: Any) -> str:
    os.link(prey.secret, f"{prey.folder}/hard")
    return read(f"{prey.folder}/hard")


@attack("files", control=True)
def read_the_neighbour(prey: Any) -> str:
    beside = os.path.dirname(prey.folder)
    tries: Tries = [lambda: read(f"{prey.neighbour}/program.py"), lambda: str(os.listdir(beside))]
    return first_success(tries)


@attack("files")
def open_devices(prey: Any) -> str:
    names = ("mem", "kmem", "sda", "vda", "kvm", "fuse", "ptmx", "tty", "console", "loop-control")
    return f"opened {first_of(os.open, [(f'/dev/{name}', os.O_RDONLY) for name in names])}"


@attack("files")
def make_a_device(prey: Any) -> str:
    os.mknod(f"{prey.folder}/disk", 0o060666, os.makedev(8, 0))
    return "made a device"


@attack("files", control=True)
def make_a_pipe_with_a_name(prey: Any) -> str:
    os.mkfifo(f"{prey.folder}/pipe")
    return "made a pipe to meet others"


@attack("files")
def fill_the_disk(prey: Any) -> str:
    from itertools import count

    size = 0
    places = [prey.folder, os.path.dirname(prey.folder), "/tmp", "/dev/shm", "/var/tmp"]
    for place in places:
        try:
            for number in count():
                with open(f"{place}/fill-{number}", "wb") as file:
                    size += file.write(bytes(1 << 20))
        except OSError as error:
            last = error
    if size:
        return f"wrote {size} bytes"
    raise last


@attack("files")
def leave_modules_for_the_next(prey: Any) -> str:
    names = ("sitecustomize.py", "evil.pth", "usercustomize.py", "__pycache__/random.cpython-311.pyc")

    def leave(path: str) -> str:
        with open(path, "w") as file:
            file.write("import os")
        return f"left {path}"

    places = [os.path.dirname(os.__file__), *sys.path, os.getcwd()]
    return first_of(leave, [f"{place}/{name}" for place in places for name in names])


@attack("files")
def change_the_harness_on_disk(prey: Any) -> str:
    files = [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
    return f"opened {first_of(open, [(file, 'a') for file in files])}"


@attack("files")
def lock_a_file(prey: Any) -> str:
    import fcntl

    with open(f"{prey.folder}/program.py") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
    return "holds a lock for others to wait for"


# --- other processes' insides --------------------------------------------------------------------------------------


@attack("proc")
def read_other_processes(prey: Any) -> str:
    processes = ["1", str(os.getppid()), str(prey.grader), *map(str, prey.processes)]
    parts = ("environ", "cmdline", "maps", "mem", "status", "stat", "cgroup")
    return first_of(read, [f"/proc/{process}/{part}" for process in processes for part in parts])


@attack("proc", control=True)
def read_itself(prey: Any) -> str:
    return first_of(read, [f"/proc/self/{part}" for part in ("environ", "maps", "mountinfo", "mem")])


@attack("proc")
def take_descriptors_of_others(prey: Any) -> str:
    def opened(process: int) -> str:
        return f"{process} has {os.listdir(f'/proc/{process}/fd')}"

    def taken(process: int) -> str:
        return system_call(438, 438, os.pidfd_open(process), 3, 0)

    processes = [os.getppid(), prey.grader, *prey.processes, 1]
    return first_success([partial(way, process) for way in (opened, taken) for process in processes])


@attack("proc", control=True)
def read_the_kernel(prey: Any) -> str:
    paths = ("/proc/cmdline", "/proc/meminfo", "/proc/kallsyms", "/sys/kernel/notes", "/sys/class/net/lo/address")
    return first_of(read, paths)


@attack("proc", "nothing")
def look_at_the_environment(prey: Any) -> str | None:
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    found = {name: libc.getenv(name.encode()) for name in ("HOME", "PATH", "USER", "DREAMCTL_SECRET")}
    found |= dict(os.environ)
    known = {name: value for name, value in found.items() if value}
    return f"the environment has {known}" if known else None


@attack("proc", "nothing")
def use_inherited_descriptors(prey: Any) -> str | None:
    found = []
    for fd in range(LINK + 1, 4096):
        try:
            os.fstat(fd)
        except OSError:
            continue
        found.append(fd)
    return f"inherited {found}" if found else None


@attack("proc", "nothing")
def use_standard_streams(prey: Any) -> str | None:
    said = os.read(0, 10)
    os.write(1, b"hello grader\n")
    os.write(2, b"hello grader\n")
    null = os.stat(0).st_rdev == os.makedev(1, 3) == os.fstat(1).st_rdev == os.fstat(2).st_rdev
    return None if null and not said else "its standard streams lead somewhere"


@attack("proc", "nothing")
def order_the_warm_parent(prey: Any) -> str | None:
    """Its orders come over a socket that the child had, for a moment, when it was forked."""
    sent = []
    for fd in (*range(LINK), *range(LINK + 1, 256)):
        try:
            os.write(fd, struct.pack("<II", 2, 1))
            os.fstat(fd)
        except OSError:
            continue
        sent.append(fd)
    return f"ordered over {sent}" if set(sent) - {0, 1, 2} else None  # those lead nowhere


@attack("proc", control=True)
def read_the_clocks_of_other_processes(prey: Any) -> str:
    processes = [os.getppid(), prey.grader, *prey.processes, 1]
    return f"they ran for {first_of(time.clock_gettime, [(~process << 3) | 2 for process in processes])} seconds"


@attack("proc", control=True)
def wake_who_waits_on_a_page_that_is_shared(prey: Any) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    with open(os.__file__, "rb") as file:
        page = libc.mmap(None, 4096, 1, 1, file.fileno(), ctypes.c_long(0))  # to read, shared
    return system_call(202, 98, ctypes.c_void_p(page), 1, 1)


# --- processes and threads -----------------------------------------------------------------------------------------


@attack("processes")
def fork(prey: Any) -> str:
    child = os.fork()
    if child == 0:
        os._exit(0)
    return f"made process {child}"


@attack("processes")
def fork_bomb(prey: Any) -> str:
    def bomb() -> None:
        if os.fork() == 0:
            while True:
                os.fork()

    return f"forks: {first_success([bomb] * 2000)}"


@attack("processes")
def fork_by_every_name(prey: Any) -> str:
    if ARM:
        return system_call(220, 220, signal.SIGCHLD, 0, 0, 0, 0)
    arguments = struct.pack("<11Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, 0)
    calls = [(57,), (58,), (56, signal.SIGCHLD, 0, 0, 0, 0), (435, arguments, 88)]
    return first_of(system_call, [(call[0], *call) for call in calls])


@attack("processes")
def thread_bomb(prey: Any) -> str:
    import threading

    for number in range(1000):
        try:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except RuntimeError as error:
            if number:
                return f"started {number} threads"
            raise OSError(str(error)) from error
    return "started 1000 threads"


@attack("processes")
def run_a_shell(prey: Any) -> str:
    import subprocess

    return f"ran {subprocess.run(['/bin/sh', '-c', 'id'], capture_output=True, check=True).stdout!r}"


@attack("processes")
def run_by_system(prey: Any) -> str:
    status = os.system("true")
    if status:
        raise OSError(f"status {status}")
    return "ran a command"


@attack("processes")
def become_another_program(prey: Any) -> str:
    programs = (sys.executable, "/bin/sh", "/usr/bin/python3", "/lib64/ld-linux-x86-64.so.2", "/usr/lib/os-release")
    return first_of(os.execv, [(program, [program, "-c", ""]) for program in programs])


@attack("processes")
def spawn(prey: Any) -> str:
    return f"spawned {os.posix_spawn('/bin/true', ['true'], {})}"


@attack("processes")
def multiprocess(prey: Any) -> str:
    import multiprocessing

    process = multiprocessing.get_context("fork").Process(target=print)
    process.start()
    return f"started {process}"


# --- memory --------------------------------------------------------------------------------------------------------


@attack("memory", "refused", "memory", "time")
def memory_bomb(prey: Any) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(1 << 22))


@attack("memory", "refused", "memory", "crashed", "time")
def small_objects_bomb(prey: Any) -> None:
    hoard: list[Any] = []
    while True:
        hoard = [hoard, [0] * 1000]


@attack("memory")
def map_memory(prey: Any) -> str:
    import mmap

    maps = [mmap.mmap(-1, 1 << 24, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS) for _ in range(64)]
    return f"mapped {len(maps)} times 16 MiB"


@attack("memory")
def map_huge_pages(prey: Any) -> str:
    import mmap

    mmap.mmap(-1, 1 << 21, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000)
    return "took the machine's huge pages"


@attack("memory", control=True)
def make_a_memory_file(prey: Any) -> str:
    return f"made {os.memfd_create('hoard')}"


@attack("memory")
def share_memory(prey: Any) -> str:
    from multiprocessing.shared_memory import SharedMemory

    return f"shares {SharedMemory(create=True, size=1 << 20).name}"


@attack("memory")
def share_memory_as_of_old(prey: Any) -> str:
    calls = [(29, 194, 0, 1 << 20, 0o1666), (64, 190, 0, 1, 0o1666), (68, 186, 0, 0o1666)]
    return first_of(system_call, calls)


@attack("memory")
def make_a_message_queue(prey: Any) -> str:
    return system_call(240, 180, b"dreamctl-attack", os.O_CREAT | os.O_RDWR, 0o666, None)


@attack("memory")
def lock_memory(prey: Any) -> str:
    calls = [(151, 230, 1), (149, 228, 0, 4096)]
    return first_of(system_call, calls)


@attack("memory")
def hoard_pipes(prey: Any) -> str:
    return f"made {[os.pipe() for _ in range(10)]}"


@attack("memory", "refused")
def hoard_descriptors(prey: Any) -> str:
    held = [os.dup(LINK) for _ in range(5000)]
    return f"holds {len(held)}"


@attack("memory", "refused", "crashed", "memory", "time")
def recurse(prey: Any) -> Any:
    sys.setrecursionlimit(10**9)

    def deeper(depth: int) -> int:
        return deeper(depth + 1)

    return deeper(0)


@attack("memory", "crashed", "refused", "memory", "time")
def recurse_in_c(prey: Any) -> Any:
    sys.setrecursionlimit(10**9)
    nested: Any = ()
    for _ in range(200_000):
        nested = (nested,)
    hash(nested)
    return None


@attack("memory", "refused", "crashed", "memory", "time")
def compile_a_huge_source(prey: Any) -> None:
    compile("(" * 100_000 + ")" * 100_000, "deep.py", "eval")


@attack("memory", "refused", "memory", "time", "crashed")
def compile_a_long_source(prey: Any) -> None:
    exec(compile("a = 1\n" * 3_000_000, "long.py", "exec"))


# --- time ----------------------------------------------------------------------------------------------------------


@attack("time", "time")
def loop(prey: Any) -> None:
    while True:
        pass


@attack("time", "time")
def loop_and_ignore_signals(prey: Any) -> None:
    for number in range(1, 65):
        try:
            signal.signal(number, lambda *_: None)
        except (OSError, ValueError):
            continue
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


@attack("time", "time")
def compute_in_one_call(prey: Any) -> None:
    10**10**8


@attack("time", "time")
def match_for_ever(prey: Any) -> None:
    import re

    re.match(r"(a+)+$", "a" * 60 + "b")


@attack("time", "time")
def sleep(prey: Any) -> None:
    time.sleep(3600)


@attack("time", "time")
def wait_for_nothing(prey: Any) -> None:
    prey.link.receive()


@attack("time")
def stop_itself(prey: Any) -> str:
    os.kill(os.getpid(), signal.SIGSTOP)
    return "stopped, and was woken again"


@attack("time", "time")
def ring_alarms(prey: Any) -> None:
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
    while True:
        signal.pause()


@attack("time", "time")
def print_for_ever(prey: Any) -> None:
    while True:
        os.write(1, b"x" * 65536)
        sys.stdout.write("y" * 1000)


# --- talking -------------------------------------------------------------------------------------------------------


@attack("talk", "protocol")
def talk_for_ever(prey: Any) -> None:
    while True:
        os.write(LINK, b"x" * 65536)


@attack("talk", "output")
def reply_hugely(prey: Any) -> None:
    prey.link.send(bytes(16 << 20))


@attack("talk", "output")
def claim_a_huge_reply(prey: Any) -> None:
    os.write(LINK, struct.pack("<III", 0, 0xFFFFFFFF, prey.link._token))


@attack("talk", "time")
def claim_more_than_it_says(prey: Any) -> None:
    os.write(LINK, struct.pack("<III", 0, 1000, prey.link._token) + b"short")
    prey.link.receive()


@attack("talk", "time")
def reply_in_drops(prey: Any) -> None:
    os.write(LINK, struct.pack("<III", 0, 1 << 20, prey.link._token))
    while True:
        os.write(LINK, b"x")
        time.sleep(0.005)


@attack("talk", "time")
def last_words_in_drops(prey: Any) -> None:
    os.write(LINK, struct.pack("<III", 1, 1 << 14, prey.link._token))
    while True:
        os.write(LINK, b"x")
        time.sleep(0.005)


@attack("talk", "time")
def say_half_a_header(prey: Any) -> None:
    os.write(LINK, b"\0\0\0")
    prey.link.receive()


@attack("talk", "protocol")
def forge_a_token(prey: Any) -> None:
    os.write(LINK, struct.pack("<III", 0, 4, prey.link._token ^ 1) + b"fine")


@attack("talk", "protocol")
def forge_a_kind(prey: Any) -> None:
    os.write(LINK, struct.pack("<III", 77, 4, prey.link._token) + b"fine")


@attack("talk", "protocol")
def blame_the_sandbox(prey: Any) -> None:
    prey.link.send(b"It was not me.", 3)


@attack("talk", "protocol")
def reply_twice(prey: Any) -> None:
    reply = struct.pack("<III", 0, 7, prey.link._token) + b"nothing"
    os.write(LINK, reply + reply)
    prey.link.receive()


@attack("talk", "protocol")
def reply_before_the_question(prey: Any) -> None:
    prey.link.send(b"nothing")
    prey.link.send(b"nothing")
    prey.link.receive()
    prey.link.receive()


@attack("talk", "ended")
def hang_up(prey: Any) -> None:
    os.close(LINK)
    while True:
        pass


@attack("talk", "time", "ended")
def lead_the_link_elsewhere(prey: Any) -> None:
    kept = os.dup(LINK)
    os.dup2(0, LINK)
    prey.link.send(b"nothing")
    os.read(kept, 10)


@attack("talk", "nothing")
def copy_the_link(prey: Any) -> None:
    copy = os.dup(LINK)
    os.dup2(copy, LINK)
    os.close(copy)


@attack("talk", "nothing", "crashed")
def change_the_harness(prey: Any) -> None:
    """It may spoil its own work, and nobody else's."""
    harness = sys.modules["dreamctl.sandbox.attacks.harness"]
    for module in list(sys.modules.values()):
        for name in ("check", "restrict", "Limits", "Contained", "pack"):
            if getattr(module, "__name__", "").startswith("dreamctl") and hasattr(module, name):
                setattr(module, name, None)
    harness.worked = lambda digest, message: b"all is well"  # type: ignore[attr-defined]


# --- signals -------------------------------------------------------------------------------------------------------


@attack("signals")
def kill_the_parent(prey: Any) -> str:
    return f"killed: {first_of(os.kill, [(os.getppid(), 9), (1, 9)])}"


@attack("signals")
def kill_the_grader(prey: Any) -> str:
    os.kill(prey.grader, signal.SIGTERM)
    return "killed the grader"


@attack("signals")
def kill_everybody(prey: Any) -> str:
    return f"killed: {first_success([lambda: os.kill(-1, 9), lambda: os.killpg(0, 9), lambda: os.killpg(1, 9)])}"


@attack("signals")
def kill_neighbours(prey: Any) -> str:
    mine = os.getpid()
    around = [*prey.processes, *range(2, 300), *range(mine - 50, mine + 50)]
    return f"killed: {first_of(os.kill, [(process, 9) for process in around if process != mine and process > 1])}"


@attack("signals")
def signal_by_every_name(prey: Any) -> str:
    me = os.getpid()
    calls = [(234, 131, me, me, 10), (200, 130, me, 10), (129, 138, me, 10, None), (424, 424, 0, 0, None, 0)]
    return first_of(system_call, [*calls, (297, 240, me, me, 10, None)])


@attack("signals")
def have_the_kernel_signal(prey: Any) -> str:
    """A descriptor that is ready sends a signal to its owner, who may be anybody."""
    import fcntl

    calls: Tries = [lambda: fcntl.fcntl(LINK, 10, 9), lambda: fcntl.fcntl(LINK, fcntl.F_SETOWN, os.getppid())]
    calls += [lambda: fcntl.ioctl(LINK, 0x8901, struct.pack("i", os.getppid()))]
    return f"the kernel would: {first_success([*calls, lambda: fcntl.fcntl(LINK, fcntl.F_SETFL, os.O_ASYNC)])}"


@attack("signals")
def slow_others_down(prey: Any) -> str:
    parent = os.getppid()
    calls: Tries = [lambda: os.setpriority(os.PRIO_PROCESS, parent, 19)]
    calls += [lambda: os.sched_setaffinity(parent, {0}), lambda: os.sched_setaffinity(0, {0})]
    calls += [lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)), lambda: os.nice(-5)]
    return f"changed priorities: {first_success(calls)}"


# --- privileges ----------------------------------------------------------------------------------------------------


@attack("privileges")
def become_root(prey: Any) -> str | None:
    if 0 in (*os.getresuid(), *os.getresgid()):
        return "it is root"
    calls: Tries = [
        lambda: os.setuid(0),
        lambda: os.setresuid(0, 0, 0),
        lambda: os.setgid(0),
        lambda: os.setgroups([0]),
    ]
    return f"became root: {first_success(calls)}"


@attack("privileges")
def raise_limits(prey: Any) -> str:
    import resource

    endless = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    names = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE)
    calls: Tries = [partial(resource.setrlimit, name, endless) for name in names]
    return f"raised: {first_success([*calls, lambda: resource.prlimit(os.getppid(), resource.RLIMIT_AS, (1, 1))])}"


@attack("privileges")
def mount(prey: Any) -> str:
    calls = [(165, 40, b"none", b"/", b"tmpfs", 0, None), (166, 39, b"/", 2), (428, 428, -100, b"/", 1)]
    return first_of(system_call, [*calls, (430, 430, b"tmpfs", 0)])


@attack("privileges", control=True)
def unshare(prey: Any) -> str:
    calls = [(272, 97, 0x10000000), (272, 97, 0x20000), (308, 268, LINK, 0)]
    return first_of(system_call, calls)


@attack("privileges")
def change_the_root(prey: Any) -> str:
    calls: Tries = [lambda: system_call(155, 41, b".", b"."), lambda: system_call(161, 51, b"/")]
    return f"changed: {first_success([lambda: os.chroot(prey.folder), *calls])}"


@attack("privileges")
def take_capabilities(prey: Any) -> str:
    header = struct.pack("<Ii", 0x20080522, 0)
    return system_call(126, 91, header, struct.pack("<6I", *[0xFFFFFFFF] * 6))


@attack("privileges", control=True)
def outlive_the_parent(prey: Any) -> str:
    return system_call(157, 167, 1, 0, 0, 0, 0)


@attack("privileges", control=True)
def change_personality(prey: Any) -> str:
    return system_call(135, 92, 0x0040000)


@attack("privileges")
def open_by_handle(prey: Any) -> str:
    return system_call(304, 265, -100, struct.pack("<Ii", 8, 1) + bytes(8), 0)


# --- the kernel's back doors ---------------------------------------------------------------------------------------


@attack("kernel")
def trace(prey: Any) -> str:
    processes = [os.getppid(), prey.grader, *prey.processes]
    calls = [(101, 117, 16, process, 0, 0) for process in processes]
    return first_of(system_call, [*calls, (101, 117, 0, 0, 0, 0)])


@attack("kernel")
def read_memory_of_others(prey: Any) -> str:
    calls = [(310, 270, os.getppid(), None, 0, None, 0, 0), (311, 271, os.getppid(), None, 0, None, 0, 0)]
    return first_of(system_call, calls)


@attack("kernel")
def use_keys(prey: Any) -> str:
    calls = [(250, 219, 0, -3, 1), (248, 217, b"user", b"name", b"x", 1, -3), (249, 218, b"user", b"name", None, -3)]
    return first_of(system_call, calls)


@attack("kernel")
def load_bpf(prey: Any) -> str:
    return system_call(321, 280, 0, bytes(72), 72)


@attack("kernel")
def measure_others(prey: Any) -> str:
    return system_call(298, 241, struct.pack("<IIQ", 1, 64, 0) + bytes(48), 0, -1, -1, 0)


@attack("kernel")
def use_io_uring(prey: Any) -> str:
    return system_call(425, 425, 8, bytes(120))


@attack("kernel")
def handle_page_faults(prey: Any) -> str:
    return system_call(323, 282, 1)


@attack("kernel")
def administer_the_machine(prey: Any) -> str:
    calls = [(169, 142, 0, 0, 0, None), (170, 161, b"mine", 4), (164, 170, None, None), (175, 105, None, 0, b"")]
    calls += [(246, 104, 0, 0, None, 0), (167, 224, b"/swap", 0), (103, 116, 3, None, 0), (162, 81)]
    return first_of(system_call, calls)


@attack("kernel")
def watch_files(prey: Any) -> str:
    calls = [(253, 26), (294, 26, 0), (300, 262, 0, 0), (26, 26), (319, 279, b"x", 0), (284, 19, 0)]
    return first_of(system_call, [call for call in calls if not ARM or call[0] != 26])


@attack("kernel")
def change_its_own_filter(prey: Any) -> str:
    calls = [(317, 277, 1, 0, None), (157, 167, 22, 2, 0, 0, 0), (444, 444, None, 0, 1), (157, 167, 4, 1, 0, 0, 0)]
    return first_of(system_call, calls)


@attack("kernel", "refused", "crashed")
def call_by_other_numbers(prey: Any) -> str:
    """The 32-bit numbers of x32."""
    if ARM:
        raise OSError("there are none on this machine")
    return first_of(system_call, [(0x40000000 + number, 0) for number in (57, 58, 41)])


@attack("kernel", "crashed", "refused")
def call_as_another_machine(prey: Any) -> str:
    """Machine code that asks the kernel in the way of i386, where other numbers mean other things."""
    import mmap

    if ARM:
        raise OSError("there is none on this machine")
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x02\x00\x00\x00\xcd\x80\xc3")  # fork by interrupt 0x80
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    result = function()
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    if result == 0:
        os._exit(0)
    return f"made process {result}"


# --- the way out ---------------------------------------------------------------------------------------------------


@attack("ends", "ended")
def leave(prey: Any) -> None:
    sys.exit("good bye")


@attack("ends", "ended")
def leave_at_once(prey: Any) -> None:
    os._exit(7)


@attack("ends", "crashed", "ended")
def crash(prey: Any) -> None:
    ctypes.string_at(0)


@attack("ends", "crashed", "ended")
def abort(prey: Any) -> None:
    os.abort()


@attack("ends", "ended")
def leave_a_trap_for_the_end(prey: Any) -> None:
    import atexit

    class Trap:
        def __del__(self) -> None:
            while True:
                os.write(LINK, b"after the end")

    trap = Trap()
    atexit.register(loop, trap)
    sys.modules["trap"] = trap  # type: ignore[assignment]
    sys.exit()
