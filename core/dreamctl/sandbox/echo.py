"""The shortest harness: it says back what it hears. For trying out and for measuring."""

from __future__ import annotations

from .inside.link import Link


def serve(link: Link, folder: str, argument: bytes) -> None:
    """Answer each message with itself."""
    while True:
        link.send(link.receive())
