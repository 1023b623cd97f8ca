"""Runs programs that nobody has reason to trust. Knows nothing of what they are."""

from __future__ import annotations

from .box import Child, Sandbox
from .files import gather
from .inside.link import Link
from .limits import CAUSES, Contained, Limits
from .shared import UNPROTECTED, protection, shared_sandbox
from .tiers import Tier

__all__ = [
    "CAUSES", "UNPROTECTED", "Child", "Contained", "Limits", "Link", "Sandbox", "Tier", "gather", "protection",
    "shared_sandbox",
]  # fmt: skip
