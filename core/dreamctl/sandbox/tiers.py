"""How well this machine can lock a program in, and how it could do better."""

from __future__ import annotations

from enum import Enum


class Tier(Enum):
    """What a program is locked in with, best first. Seccomp is part of each but the last."""

    BUBBLEWRAP = "bubblewrap"
    """Bubblewrap: a tree with nothing in it but Python, no other process, no network; Landlock and seccomp inside."""
    NAMESPACES = "namespaces"
    """The same tree and namespaces, made by ourselves where bubblewrap is missing."""
    LANDLOCK = "landlock"
    """Landlock and seccomp only, where namespaces are refused: other files exist, and cannot be opened."""
    NONE = "none"
    """No lock at all: an ordinary process with limits. For programs of one's own."""


PROTECTING = (Tier.BUBBLEWRAP, Tier.NAMESPACES, Tier.LANDLOCK)

WAY_UP = {
    Tier.BUBBLEWRAP: "There is no better one.",
    Tier.NAMESPACES: "Install bubblewrap ('apt install bubblewrap', 'dnf install bubblewrap'): more eyes have "
    "looked at it, and it works where a machine lets nobody else make namespaces.",
    Tier.LANDLOCK: "Install bubblewrap and let it make user namespaces: on Ubuntu by an AppArmor profile for "
    "/usr/bin/bwrap, in Docker by '--security-opt seccomp=unconfined --security-opt apparmor=unconfined'.",
    Tier.NONE: "Use Linux 5.13 or newer on x86_64 or aarch64, with bubblewrap, user namespaces or Landlock; on macOS "
    "and Windows use a virtual machine or a container with one.",
}
