"""The harness that hostile programs run in. Between attacks it does honest work, as a neighbour does all the time."""

from __future__ import annotations

import hashlib
import json
import traceback
from types import SimpleNamespace

from ..inside.link import Link
from .programs import ATTACKS

ATTACK = b"attack"
REFUSED, NOTHING, BROKE = b"refused", b"nothing", b"broke"  # what an attack's reply begins with


def serve(link: Link, folder: str, argument: bytes) -> None:
    """Answer each message with a digest of all so far, except `ATTACK`: then run the program's function.

    `argument` is JSON: the `name` of the function in `programs.py`, and what it is told about its prey.
    """
    prey = SimpleNamespace(**json.loads(argument), link=link, folder=folder)
    digest = b""
    while True:
        message = link.receive()
        if message == ATTACK:
            link.send(_tried(prey))
        else:
            digest = worked(digest, message)
            link.send(digest)


def worked(digest: bytes, message: bytes) -> bytes:
    """The next digest: some work, of which any disturbance shows for ever."""
    for _ in range(50):
        digest = hashlib.sha256(digest + message).digest()
    return digest


def _tried(prey: SimpleNamespace) -> bytes:
    try:
        won = ATTACKS[prey.name][0](prey)
    except SystemExit:
        raise
    except BaseException as error:
        return REFUSED + b" " + traceback.format_exception_only(error)[-1].strip()[:300].encode(errors="replace")
    return NOTHING if won is None else BROKE + b" " + str(won)[:300].encode(errors="replace")
