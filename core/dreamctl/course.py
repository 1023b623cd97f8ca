"""A course's rubric, made from another: items dropped, changed and merged, and which exclusions then still hold.

Items are tables here, as they stand in a TOML file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import InputError, unknown

Table = Mapping[str, Any]


def adapted(base: Sequence[Table], drop: Sequence[str], changes: Sequence[Table]) -> list[dict[str, Any]]:
    """The items of `base` without those in `drop`, with `changes` to them, and new ones.

    A change that has the key of an item of the base says what is different about it. Any other is a new item, made of
    `labels`. Items of the base all of whose labels are in a change are merged into it: they stand no longer by
    themselves, and it takes their place.
    Raises `InputError` with one sentence.
    """
    original = {item["key"]: item for item in base}
    changed = {item["key"]: item for item in changes}
    for key in drop:
        if key not in original:
            raise InputError(f"'drop': {unknown('item of the base', key, original)}")
        if key in changed:
            raise InputError(f"'{key}' is both dropped and changed; leave one of the two out.")
    made = {key: _made(change, original) for key, change in changed.items()}
    items: dict[str, dict[str, Any]] = {}
    for key, item in original.items():
        merged_into = [new for new in made.values() if key not in changed and _labels(item) <= _labels(new)]
        for new in merged_into:
            items.setdefault(new["key"], new)
        if not merged_into and key not in drop:
            items[key] = made.get(key, dict(item))
    items |= {key: new for key, new in made.items() if key not in items}
    parts = {key: _parts(item, original) for key, item in items.items()}
    for key, item in items.items():
        if "excludes" not in changed.get(key, ()):
            item["excludes"] = [other for other in items if other != key and _all_exclude(parts, key, other, original)]
    return list(items.values())


def _made(change: Table, original: Mapping[str, Table]) -> dict[str, Any]:
    if change["key"] in original:
        return {**original[change["key"]], **change}
    points = [original[part].get("points", 0.0) for part in _parts(change, original)]
    return {"points": max(points, default=0.0), **change}


def _labels(item: Table) -> frozenset[str]:
    return frozenset(item.get("labels") or (item["key"],))


def _parts(item: Table, original: Mapping[str, Table]) -> list[str]:
    """The items of the base that an item is made of; none if they are not the whole of it."""
    parts = [key for key, other in original.items() if _labels(other) <= _labels(item)]
    covered = frozenset[str]().union(*(_labels(original[part]) for part in parts))
    return parts if covered == _labels(item) else []


def _all_exclude(parts: Mapping[str, list[str]], one: str, other: str, original: Mapping[str, Table]) -> bool:
    """Whether every part of one item excludes every part of the other: only then can they never both be present."""
    pairs = [(a, b) for a in parts[one] for b in parts[other]]
    return bool(pairs) and all(b in original[a].get("excludes", ()) for a, b in pairs)
