"""The settings of a run: everything that decides what it becomes, written as TOML and read back the same."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs
from attrs import field, frozen

from ..errors import InputError, RunError
from ..learning.options import TAKES
from ..records import Rubric

FORMAT = 1  # rises when an older dreamctl could no longer read a run directory

AT_LEAST_ONE = ("steps", "batch", "replays", "threads", "looks")


@frozen(kw_only=True)
class Settings:
    """A run, resolved: training from equal settings ends in the same checkpoint, on one thread of one machine.

    Explorer and classifier are names as a user would write them; `classifier` and `rubric` are empty for return
    answers. `steps` is the budget in agent steps, `minutes` a limit on the time that learning to explore may take.
    `replays` is how many explorations of each training task the judge is fitted on.
    `looks` is how often, for return answers, the policies are measured without exploring noise on the way.
    `shuffle_identifiers` makes it a control: in training, the identifier of a trial's task is any task's.
    `options` goes to the explorer and the classifier as `Problem.options`.
    """

    plugin: str
    environment: str
    explorer: str
    classifier: str | None = None
    rubric: Rubric | None = None
    tasks: str | None = None
    steps: int = 1_000_000
    minutes: float | None = None
    seed: int = 0
    batch: int | None = None
    replays: int = 2
    controls: bool = True
    shuffle_identifiers: bool = False
    threads: int = 1
    device: str = "cpu"
    looks: int = 20
    options: Mapping[str, Any] = field(factory=dict)

    def to_toml(self) -> str:
        """The text of `settings.toml`; `from_toml` gives these settings back."""
        plain = {k: v for k, v in attrs.asdict(self, recurse=False).items() if k not in ("rubric", "options")}
        lines = [f"format_version = {FORMAT}", *_assignments(plain)]
        lines += ["", "[options]", *_assignments(self.options)]
        if self.rubric is not None:
            lines += ["", "[rubric]", *_assignments(attrs.asdict(self.rubric, filter=lambda a, v: a.name != "items"))]
            for item in self.rubric.items:
                lines += ["", "[[rubric.items]]", *_assignments(attrs.asdict(item))]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, path: Path) -> Settings:
        """Read settings; RunError says in one sentence what is wrong with the file."""
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise RunError(f"Settings {path}: cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RunError(f"Settings {path}: not a TOML file ({error}).") from error
        version = table.pop("format_version", None)
        check_format(version, f"Settings {path}")
        known = {f.name for f in attrs.fields(cls)}
        for name in table:
            if name not in known:
                raise RunError(f"Settings {path}: '{name}' is not a setting. There are: {', '.join(sorted(known))}.")
        if "rubric" in table:
            try:
                table["rubric"] = Rubric.from_table(table["rubric"], str(path))
            except (InputError, AttributeError, TypeError) as error:
                raise RunError(f"Settings {path}: its rubric cannot be read ({error})") from error
        _check_kinds(table, f"Settings {path}")
        try:
            return cls(**table)
        except TypeError as error:
            missing = [f.name for f in attrs.fields(cls) if f.default is attrs.NOTHING and f.name not in table]
            raise RunError(f"Settings {path}: {', '.join(missing)} is missing; a run has it.") from error


def _check_kinds(table: Mapping[str, Any], where: str) -> None:
    """Raise a RunError for a value of another kind than its setting."""
    kinds = get_type_hints(Settings) | {"options": Mapping, "minutes": float | int | None}
    for name, value in table.items():
        fits = isinstance(value, kinds[name]) and (kinds[name] is bool or not isinstance(value, bool))
        if not fits or (name in AT_LEAST_ONE and value < 1):
            raise RunError(f"{where}: '{name}' takes {_expected(name, kinds[name])} (got {value!r}).")


def _expected(name: str, kind: Any) -> str:
    _, words = TAKES.get(get_args(kind)[0] if get_args(kind) else kind, ((), "a table"))
    return f"{words}, 1 or more" if name in AT_LEAST_ONE else words


def check_format(version: Any, where: str) -> None:
    """Raise a RunError unless this dreamctl can read that format version."""
    if not isinstance(version, int):
        raise RunError(f"{where}: it has no format_version, so it is not from a dreamctl run.")
    if version > FORMAT:
        raise RunError(
            f"{where}: it has format {version}, and this dreamctl reads up to {FORMAT}; use a newer dreamctl."
        )


def _assignments(table: Mapping[str, Any]) -> list[str]:
    """One TOML line per value; None is left out, since TOML has no word for it."""
    return [f"{_key(name)} = {toml_value(value)}" for name, value in table.items() if value is not None]


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else _text(name)


def toml_value(value: Any) -> str:
    """A value as it stands behind the equals sign."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)  # Python's inf and nan are TOML's too
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml_value(part) for part in value)}]"
    return _text(str(value))


def _text(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's, except that TOML wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
