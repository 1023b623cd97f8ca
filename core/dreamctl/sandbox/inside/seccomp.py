"""Seccomp: which system calls a child may still make. A list of what a Python program needs; all else is refused.

What it needs is to compute, to read files, to read and write what is open already, and to end. It makes no process and
no thread, no socket, and nothing that outlives it; it signals nobody, not even itself.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Sequence

from .kernel import machine, syscall

# Name: its numbers on x86_64 and aarch64, None where it does not exist.
ALLOWED: dict[str, tuple[int | None, int]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "lseek": (8, 62),
    "close": (3, 57),
    "close_range": (436, 436),
    "dup": (32, 23),
    "dup3": (292, 24),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "getdents64": (217, 61),
    "pselect6": (270, 72),
    "ppoll": (271, 73),
    "brk": (12, 214),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "getitimer": (36, 102),
    "setitimer": (38, 103),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "uname": (63, 160),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
ALLOWED_ON_X86 = {"stat": 4, "lstat": 6, "poll": 7, "access": 21, "dup2": 33, "select": 23, "pause": 34, "alarm": 37}
ALLOWED_ON_X86 |= {"time": 201}

# Open only what exists, and only to read it. Close to Landlock, but it also holds where there is none.
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000  # WRONLY RDWR CREAT TRUNC APPEND and the bit of TMPFILE
_OPEN, _OPENAT = (2, None), (257, 56)
_IOCTL, _HARMLESS_IOCTLS = (16, 29), (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)  # TCGETS WINSZ FIONREAD FIONCLEX FIOCLEX
# Others would have the kernel send signals for us (F_SETOWN, F_SETSIG) or lock files.
_FCNTL, _HARMLESS_FCNTLS = (72, 25), (0, 1, 2, 3, 1030)  # F_DUPFD GETFD SETFD GETFL DUPFD_CLOEXEC
_PRLIMIT = (302, 261)  # only to read one's own limits
_FUTEX, _PRIVATE = (202, 98), 128  # locks within a process only: others share pages of files with it
_CLOCKS, _CLOCK_IDS = ((228, 113), (229, 114), (230, 115)), 16  # gettime, getres, nanosleep; others' clocks lie above
_MMAP, _HUGE_PAGES = (9, 222), 0x40000  # memory that the machine has set aside is not ours

_ARCHITECTURE = (0xC000003E, 0xC00000B7)  # AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64
_LOAD, _JUMP_EQUAL, _JUMP_SET, _JUMP_OVER, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32 = 0x40000000
_SET_MODE_FILTER = 1

Instruction = tuple[int, int, int, int]  # operation, jump if true, jump if false, operand


def program() -> bytes:
    """The filter for this machine, as the kernel takes it."""
    column = machine()
    if column < 0:
        raise OSError(errno.ENOSYS, "no table of system calls for this kind of machine")
    code: list[Instruction] = [
        (_LOAD, 0, 0, 4),
        (_JUMP_EQUAL, 1, 0, _ARCHITECTURE[column]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_JUMP_OVER, 0, 1, _X32),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]
    numbers = [numbers[column] for numbers in ALLOWED.values()] + (list(ALLOWED_ON_X86.values()) if column == 0 else [])
    for number in numbers:
        code += _for(number, [(_RETURN, 0, 0, _ALLOW)])
    code += _for(_OPEN[column], _unless_bits(1, _WRITING, errno.EACCES))
    code += _for(_OPENAT[column], _unless_bits(2, _WRITING, errno.EACCES))
    code += _for(_IOCTL[column], _one_of(1, _HARMLESS_IOCTLS, errno.ENOTTY))
    code += _for(_FCNTL[column], _one_of(1, _HARMLESS_FCNTLS, errno.EPERM))
    code += _for(_FUTEX[column], _with_bits(1, _PRIVATE, errno.EPERM))
    for clock in _CLOCKS:
        code += _for(clock[column], _below(0, _CLOCK_IDS, errno.EPERM))
    code += _for(_MMAP[column], _unless_bits(3, _HUGE_PAGES, errno.ENOMEM))
    code += _for(_PRLIMIT[column], _all_zero([_low(0), _low(2), _low(2) + 4], errno.EPERM))
    code.append((_RETURN, 0, 0, _ERRNO | errno.EPERM))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def restrict(filter_: bytes) -> None:
    """From here on this process makes only the calls that the filter lets through. Needs no new privileges."""
    buffer = ctypes.create_string_buffer(filter_, len(filter_))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(filter_) // 8, ctypes.addressof(buffer)))
    syscall("seccomp", _SET_MODE_FILTER, 0, head)


def _for(number: int | None, block: Sequence[Instruction]) -> list[Instruction]:
    return [] if number is None else [(_JUMP_EQUAL, 0, len(block), number), *block]


def _low(argument: int) -> int:
    """Where the lower half of an argument is; both architectures are little-endian."""
    return 16 + 8 * argument


def _unless_bits(argument: int, bits: int, error: int) -> list[Instruction]:
    return [
        (_LOAD, 0, 0, _low(argument)),
        (_JUMP_SET, 0, 1, bits),
        (_RETURN, 0, 0, _ERRNO | error),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _with_bits(argument: int, bits: int, error: int) -> list[Instruction]:
    return [
        (_LOAD, 0, 0, _low(argument)),
        (_JUMP_SET, 1, 0, bits),
        (_RETURN, 0, 0, _ERRNO | error),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _below(argument: int, bound: int, error: int) -> list[Instruction]:
    return [
        (_LOAD, 0, 0, _low(argument)),
        (_JUMP_OVER, 0, 1, bound),
        (_RETURN, 0, 0, _ERRNO | error),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _one_of(argument: int, values: Sequence[int], error: int) -> list[Instruction]:
    tests = [(_JUMP_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]
    return [(_LOAD, 0, 0, _low(argument)), *tests, (_RETURN, 0, 0, _ERRNO | error), (_RETURN, 0, 0, _ALLOW)]


def _all_zero(places: Sequence[int], error: int) -> list[Instruction]:
    tests: list[Instruction] = []
    for at, place in enumerate(places):
        tests += [(_LOAD, 0, 0, place), (_JUMP_EQUAL, 0, 2 * (len(places) - at) - 1, 0)]
    return [*tests, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | error)]
