"""Settings for `Environment.settings` that serve worlds of a kind. Importing it is light."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# For `dream` and its kind, where a task is only of use together with what is asked for, and much of what one may do is
# costly or leads nowhere: docs/algorithms/dream.md, "Cities and kitchens", says what each is worth.
APART: Mapping[str, Any] = {
    "steps": 3_000_000,
    "batch": 256,
    "hidden": 64,
    "learning_rate": 0.001,
    "executor": "feedforward",
    "execution_discount": 0.9,
    "execution_lambda": 0.5,
    "epochs": 4,
    "minibatches": 8,
    "noisy": 0.5,
    "noise": 0.9,
    "departing": True,
    "cut": True,
    "best": True,
    "decoder_rate": 0.003,
    "decoder_minibatches": 16,
    "replayed": 3.0,
    "whole": 1.0,
}
