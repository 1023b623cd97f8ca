"""What a child may use, and why one was stopped."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import ge, gt, instance_of

MIB = 1 << 20
OUR_FAULT = "lost"


@frozen(kw_only=True)
class Limits:
    """What one child may use. Beyond any of it the child is stopped, with the cause that is named here.

    Processor time is what counts, so that a busy machine stops nobody; time in which the child sleeps counts as well.
    """

    memory: int = field(default=256 * MIB, validator=[instance_of(int), ge(32 * MIB)])
    """Bytes of address space, Python's own included (about 20 MiB). Beyond it the program gets a `MemoryError`, and if
    that ends the child the cause is `memory`."""
    cpu: int = field(default=600, validator=[instance_of(int), ge(1)])
    """Whole seconds of processor time in a child's life (`time`)."""
    seconds: float = field(default=2.0, validator=gt(0))
    """Seconds of processor time and of sleep for one exchange, unless the call says otherwise (`time`)."""
    sleep: float = field(default=30.0, validator=gt(0))
    """Seconds of sleep in a child's life, as far as they are seen: those beyond 20 ms at a time (`time`)."""
    patience: float = field(default=20.0, validator=ge(1))
    """An exchange may take this many times its seconds by the clock on the wall, whoever is to blame (`time`)."""
    reply: int = field(default=4 * MIB, validator=[instance_of(int), ge(0)])
    """Bytes of one reply (`output`)."""
    output: int = field(default=4096 * MIB, validator=[instance_of(int), ge(0)])
    """Bytes of all replies of a child together (`output`)."""
    files: int = field(default=8 * MIB, validator=[instance_of(int), ge(0)])
    """Bytes of a program's files together, and of what it is started with besides (`files`)."""
    file_count: int = field(default=200, validator=[instance_of(int), ge(0)])
    """Files of a program (`files`)."""
    open_files: int = field(default=32, validator=[instance_of(int), ge(8)])
    """File descriptors that are open at once; beyond it the program gets an `OSError`."""


CAUSES = {
    "crashed": "the process died of a signal, or its harness of an error",
    "ended": "the program ended its process",
    "time": "an exchange, or the child's whole life, took too long",
    "memory": "there was not enough memory",
    "output": "it said too much",
    "protocol": "it said what nobody may say",
    "files": "the program's files are too many, too large, or badly named",
    OUR_FAULT: "the sandbox itself failed: our fault, try again",
}


class Contained(Exception):  # noqa: N818  # it says what became of a program; nothing went wrong here
    """A child was stopped, or stopped by itself. It is over, and has harmed nobody.

    `cause` is a word of `CAUSES`, `detail` a sentence. `lived`: it had all the time that a child has in its life.
    """

    def __init__(self, cause: str, detail: str, lived: bool = False) -> None:
        super().__init__(cause, detail, lived)
        self.cause = cause
        self.detail = detail
        self.lived = lived

    def __str__(self) -> str:
        return f"{self.cause}: {self.detail}"

    @property
    def ours(self) -> bool:
        """Whether the program is not to blame, so that it deserves another try."""
        return self.cause == OUR_FAULT
