"""Runs programs that nobody has reason to trust. Knows nothing of what they are."""

from __future__ import annotations

from .box import Child, Sandbox
from .files import gather
from .inside.link import Link
from .limits import CAUSES, Contained, Limits
from .tiers import Tier

__all__ = ["CAUSES", "Child", "Contained", "Limits", "Link", "Sandbox", "Tier", "gather"]
