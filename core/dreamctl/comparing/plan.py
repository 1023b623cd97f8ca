"""What is compared: from what was asked for to the settings of every run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from ..errors import RunError, UsageError, unknown
from ..learning.options import CLASSIFIER
from ..runs.build import build_judge, build_player, choose, find, problem, task_set
from ..runs.directory import write_json
from ..runs.settings import Settings

REQUEST = "request.json"
SCHEMA = 1
NO_ONE = "none"  # whose identifiers are shuffled, where no control of that kind is wanted
SHUFFLED = "shuffled ids"


@frozen(kw_only=True)
class Request:
    """What was asked for, in words and numbers, so that a comparison can be gone on with from its folder alone.

    `explorers` are names, or `title=name` where one explorer is compared under several settings.
    `options`: `title.option` for one, the bare `option` for every explorer that has it, `classifier.option`.
    `hidden`: the size of all hidden layers, by default the largest that any of the explorers has by itself.
    `shuffled`: the title of the explorer that is also trained on identifiers that mean nothing; by default the first
    that learns. `looks`: how many points a curve of returns has.
    """

    plugin: str
    explorers: Sequence[str]
    seeds: int = 5
    steps: int = 1_000_000
    environment: str | None = None
    rubric: str | None = None
    classifier: str | None = None
    tasks: str | None = None
    held_out: str | None = None
    trials: int | None = None
    replays: int = 2
    hidden: int | None = None
    shuffled: str | None = None
    device: str = "cpu"
    looks: int = 20
    options: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Contestant:
    """An explorer under its settings, all seeds of which differ in the seed alone.

    `learned`: it has a curve. `note` says what cannot be the same as for the others.
    """

    name: str
    settings: Settings
    learned: bool
    control: bool = False
    note: str = ""

    def run(self, seed: int) -> str:
        """The name of a run's files."""
        return f"{file_name(self.name)}-{seed}"

    def command(self, seed: int) -> str:
        """The command that trains the same."""
        s = self.settings
        named: dict[str, Any] = {"plugin": s.plugin, "environment": s.environment, "explorer": s.explorer}
        if s.rubric is not None:
            named |= {"classifier": s.classifier, "rubric": s.rubric.name}
        named |= {"tasks": s.tasks, "steps": s.steps, "seed": seed}
        if s.replays != attrs.fields(Settings).replays.default:
            named["replays"] = s.replays
        words = [word for name, value in named.items() if value is not None for word in (f"--{name}", str(value))]
        words += [word for name, value in s.options.items() for word in ("--set", f"{name}={json.dumps(value)}")]
        words += ["--shuffle-identifiers"] * s.shuffle_identifiers + ["--no-controls"] * (not s.controls)
        return shlex.join(["dreamctl", "train", *words])


@frozen(kw_only=True)
class Plan:
    """All runs of a comparison."""

    request: Request
    contestants: Sequence[Contestant]
    hidden: int | None

    @property
    def seeds(self) -> range:
        return range(self.request.seeds)


def file_name(name: str) -> str:
    """A contestant's name as part of a file's."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name)


# --- the folder ---------------------------------------------------------------------------------------------------


def begin(request: Request, out: Path) -> Plan:
    """A new comparison; RunError where there is something already. Nothing is written if the request makes no sense."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        there = (out / REQUEST).exists()
        what = "a comparison" if there else "something that is not a comparison"
        advice = "add --resume to go on with it, or choose another --out" if there else "choose another --out"
        raise RunError(f"{out}: there is {what} already, and nothing is overwritten; {advice}.")
    plan = plan_of(request)
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / REQUEST, {"schema_version": SCHEMA, **attrs.asdict(request)})
    return plan


def read_request(out: Path) -> Request:
    """What was asked for in that folder; RunError where there is no comparison."""
    try:
        written = json.loads((out / REQUEST).read_text("utf-8"))
    except OSError as error:
        raise RunError(f"{out}: there is no comparison to go on with, since it has no {REQUEST}.") from error
    except ValueError as error:
        raise RunError(f"{out / REQUEST}: it is not a JSON document, so the comparison cannot be continued.") from error
    if written.pop("schema_version", None) != SCHEMA:
        raise RunError(f"{out / REQUEST}: it was written by another version of dreamctl; choose another --out.")
    return Request(**written)


# --- from a request to settings -----------------------------------------------------------------------------------


def plan_of(request: Request) -> Plan:
    """Everything that is asked for, found, built once and checked; UsageError says what does not fit."""
    names = _titled(request.explorers)
    own, shared, judged = _dealt(request.options, names)
    first = {title: _settings(request, name, own[title] | judged) for title, name in names.items()}
    built = {title: _built(settings) for title, settings in first.items()}
    for option in shared:
        if not any(option in (settings or {}) for _, settings in built.values()):
            raise UsageError(f"--set {option}: none of {', '.join(names)} has a setting of that name.")
    sizes = [has.get("hidden", 0) for title, (_, has) in built.items() if has and "hidden" not in own[title]]
    hidden = request.hidden or shared.get("hidden") or max(sizes, default=0) or None
    contestants = []
    for title, settings in first.items():
        learned, has = built[title]
        given = {name: value for name, value in {**shared, "hidden": hidden}.items() if name in (has or {})}
        settings = attrs.evolve(settings, options={**given, **settings.options})
        if shared:
            _built(settings)  # so that a value that does not fit is told now
        note = _note(learned, has, settings, hidden)
        contestants.append(Contestant(name=title, settings=settings, learned=learned, note=note))
    return Plan(request=request, contestants=_with_controls(contestants, request), hidden=hidden)


def _titled(explorers: Sequence[str]) -> dict[str, str]:
    """Title -> the explorer's name."""
    found: dict[str, str] = {}
    for text in explorers:
        title, equals, name = text.strip().partition("=")
        if not title or (equals and not name):
            raise UsageError(f"--explorers: '{text}' is neither a name nor of the form title=name.")
        if file_name(title) in map(file_name, found):
            raise UsageError(f"--explorers: '{title}' is there twice; give one of them another title, as title=name.")
        if f"{title}." == CLASSIFIER:
            raise UsageError(f"--explorers: '{title}' cannot be a title, since --set {CLASSIFIER}NAME is the judge's.")
        found[title] = name or title
    if not found:
        raise UsageError("--explorers: there is nobody to compare; name explorers with commas between.")
    return found


def _dealt(
    options: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[dict[str, dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """The options of each explorer, those of all that have them, and the judge's."""
    own: dict[str, dict[str, Any]] = {title: {} for title in names}
    shared, judged = {}, {}
    for key, value in options.items():
        title, dot, option = key.partition(".")
        if key.startswith(CLASSIFIER):
            judged[key] = value
        elif not dot:
            shared[key] = value
        elif title in own:
            own[title][option] = value
        else:
            raise UsageError(f"--set {key}: {unknown('explorer', title, names)}")
    return own, shared, judged


def _settings(request: Request, explorer: str, options: Mapping[str, Any]) -> Settings:
    return choose(
        request.plugin,
        request.environment,
        explorer,
        request.classifier,
        request.rubric,
        tasks=request.tasks,
        steps=request.steps,
        replays=request.replays,
        device=request.device,
        looks=request.looks,
        options=options,
    )


def _built(settings: Settings) -> tuple[bool, dict[str, Any] | None]:
    """Whether the explorer learns, and all its settings with their values; None where it does not say them."""
    parts = find(settings)
    task = problem(parts, task_set(parts))
    player = build_player(parts.explorer, task, build_judge(parts, task))
    options = getattr(player, "options", None)
    known = attrs.asdict(options) if options is not None and attrs.has(type(options)) else None
    return parts.explorer.learned, known


def _note(learned: bool, has: Mapping[str, Any] | None, settings: Settings, hidden: int | None) -> str:
    if not learned:
        return ""
    if not has or "hidden" not in has:
        return "has no setting 'hidden', so the size of its networks is its own"
    size = settings.options["hidden"]
    return "" if size == hidden else f"hidden size {size}, as was asked for"


def _with_controls(contestants: Sequence[Contestant], request: Request) -> list[Contestant]:
    """One more of return answers, who learns from random identifiers; of rubrics, the first fits the controls."""
    answered_by_return = contestants[0].settings.rubric is None
    if not answered_by_return:
        if request.shuffled not in (None, NO_ONE):
            raise UsageError("--shuffled-ids: identifiers are for return answers; leave the option out.")
        first, *others = contestants
        without = [attrs.evolve(each, settings=attrs.evolve(each.settings, controls=False)) for each in others]
        return [first, *without]
    learners = {each.name: each for each in contestants if each.learned}
    if request.shuffled == NO_ONE or (request.shuffled is None and not learners):
        return list(contestants)
    if request.shuffled is not None and request.shuffled not in learners:
        raise UsageError(f"--shuffled-ids: {unknown('explorer that learns', request.shuffled, learners)}")
    whose = learners[request.shuffled] if request.shuffled else next(iter(learners.values()))
    parts = find(whose.settings)
    if request.shuffled is None and not all(task.identifier for task in task_set(parts).train):
        return list(contestants)
    settings = attrs.evolve(whose.settings, shuffle_identifiers=True)
    control = attrs.evolve(whose, name=f"{whose.name}, {SHUFFLED}", settings=settings, control=True)
    return [*contestants, control]
