"""Every attack is really run, in every tier that this machine has, beside a neighbour that does honest work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from dreamctl.sandbox import CAUSES, Sandbox, Tier
from dreamctl.sandbox.attacks.programs import ATTACKS
from dreamctl.sandbox.attacks.suite import HARNESS, LIMITS, attack
from dreamctl.sandbox.tiers import PROTECTING


@pytest.mark.parametrize("tier", PROTECTING)
def test_every_attack_is_contained_and_harms_no_neighbour(tier: Tier, opened: Callable[..., Sandbox]) -> None:
    attempts = attack(opened(tier, HARNESS, limits=LIMITS))
    assert len(attempts) >= 100
    assert [attempt for attempt in attempts if not attempt.contained] == []
    assert {attempt.end for attempt in attempts} - CAUSES.keys() == {"refused", "nothing"}
    assert all(attempt.detail for attempt in attempts if attempt.end != "nothing")
    kinds = Counter(attempt.kind for attempt in attempts)
    assert kinds.keys() >= {"network", "files", "proc", "processes", "memory", "time", "talk", "signals", "kernel"}


def test_attacks_do_succeed_where_there_is_no_sandbox(opened: Callable[..., Sandbox]) -> None:
    harmless = [name for name, (*_, control) in ATTACKS.items() if control]
    attempts = attack(opened(Tier.NONE, HARNESS, limits=LIMITS), harmless)
    assert len(attempts) >= 15
    assert {attempt.end for attempt in attempts} == {"broke"}
    assert not any(attempt.contained for attempt in attempts)
