"""Which key is which action."""

from __future__ import annotations

from collections.abc import Sequence

NOTHING = ("stay", "none", "nothing", "noop", "no-op", "wait")
ARROWS = {  # arrow key -> words of action names that it stands for, the most fitting first
    "left": ("left", "back", "west"),
    "right": ("right", "forward", "east"),
    "up": ("up", "north", "jump"),
    "down": ("down", "south"),
}
ROW = "1234567890qwetyuiopasdfghjklzxcvbm"  # without n and r, which belong to the window


def key_of_actions(actions: Sequence[str]) -> dict[str, int]:
    """Key name -> action. Arrows go by the actions' names, space is doing nothing, and every action has a key in a row.

    The row is the digits, then letters from the top of the keyboard down; actions beyond it have no key.
    """
    keys = dict(zip(ROW, range(len(actions)), strict=False))
    words = [action.lower().replace("_", " ").split() for action in actions]
    for arrow, names in ARROWS.items():
        for name in reversed(names):
            for action, parts in enumerate(words):
                if parts == [name]:
                    keys[arrow] = action
    idle = idle_action(actions)
    if idle is not None:
        keys["space"] = idle
    return keys


def idle_action(actions: Sequence[str]) -> int | None:
    """The action that does nothing, by its name; None if there is none."""
    return next((i for i, action in enumerate(actions) if action.lower() in NOTHING), None)


def legend(actions: Sequence[str]) -> list[str]:
    """What tells a player the keys, in parts."""
    keys = key_of_actions(actions)
    of_action: dict[int, list[str]] = {}
    for key, action in keys.items():
        if key in ARROWS or key == "space":
            of_action.setdefault(action, []).append(key)
    named = [f"{' or '.join(of_action[a])}: {actions[a]}" for a in sorted(of_action)]
    rest = [a for a in range(min(len(actions), len(ROW))) if a not in of_action]
    if rest:
        first, last = rest[0], rest[-1]
        several = f"{ROW[first]} to {ROW[last]}: {actions[first]} to {actions[last]}"
        named.insert(0, several if last > first else f"{ROW[first]}: {actions[first]}")
    return [*named, "R: again", "N: another task", "Esc: quit"]
