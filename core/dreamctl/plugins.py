"""Plugins: find them without importing, load the one that is named, check what it yields, and say who is to blame.

A plugin is an installed entry point of the group `dreamctl`, or a path that ends in `.py`.
Nothing is remembered between calls: loading twice gives equal records, and imports are Python's to cache.
"""

from __future__ import annotations

import difflib
import hashlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pluggy
from attrs import evolve, field, frozen

from . import __version__, hookspecs
from .errors import DreamctlError, PluginError, UsageError, unknown
from .records import Classifier, Environment, Explorer, Rubric

GROUP = "dreamctl"
DISABLE = "DREAMCTL_DISABLE"  # names of plugins to hide, with commas between; the core's own stays
CORE = "core"  # the plugin that the core's own explorers and classifiers come from
CORE_MODULE = "dreamctl.algorithms.builtin"  # by name: algorithms are built on plugins, not the other way round

YIELDS: Mapping[str, type[Any]] = {  # hook -> the record that it yields
    "dreamctl_environments": Environment,
    "dreamctl_rubrics": Rubric,
    "dreamctl_explorers": Explorer,
    "dreamctl_classifiers": Classifier,
}

State = Literal["loaded", "not loaded", "disabled", "failed"]


@frozen(kw_only=True)
class PluginInfo:
    """What `dreamctl plugins` says about a plugin. The names of records are known once it is loaded."""

    name: str
    distribution: str | None
    version: str | None
    state: State
    environments: tuple[str, ...] = ()
    rubrics: tuple[str, ...] = ()
    explorers: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    error: str | None = None


@frozen(kw_only=True)
class Plugin:
    """A loaded plugin: its records, by name, in the order in which they were yielded."""

    name: str
    distribution: str | None = None
    version: str | None = None
    environments: Mapping[str, Environment] = field(factory=dict)
    rubrics: Mapping[str, Rubric] = field(factory=dict)
    explorers: Mapping[str, Explorer] = field(factory=dict)
    classifiers: Mapping[str, Classifier] = field(factory=dict)

    @property
    def default_environment(self) -> Environment | None:
        """The environment named like the plugin, else the first; None if it has none."""
        return self.environments.get(self.name) or next(iter(self.environments.values()), None)


# --- finding ------------------------------------------------------------------------------------------------------


def installed() -> list[PluginInfo]:
    """Every plugin that is installed, core first, then by name. Imports none of them, and never raises."""
    found = _entry_points()
    return [
        PluginInfo(name=CORE, distribution="dreamctl", version=__version__, state="not loaded"),
        *(_not_loaded(name, found[name]) for name in sorted(found)),
    ]


def survey(files: Iterable[str] = ()) -> list[PluginInfo]:
    """Every plugin that is installed, and those files, loaded one by one: what each provides, or why it cannot.

    Never raises.
    """
    one_file = [PluginInfo(name=file, distribution=None, version=None, state="not loaded") for file in files]
    return [_loaded(info) if info.state == "not loaded" else info for info in (*installed(), *one_file)]


def load(name: str) -> Plugin:
    """The plugin of that name, or of that path if it ends in `.py`. Imports this one only.

    Raises PluginError, in one sentence that names plugin, distribution, version and hook, with the cause chained.
    """
    if name.endswith(".py"):
        if not Path(name).is_file():
            raise PluginError(f"Plugin file {name}: there is no such file.")
        return _read(Plugin(name=Path(name).stem), lambda: _import_file(Path(name)))
    if name == CORE:
        core = Plugin(name=CORE, distribution="dreamctl", version=__version__)
        return _read(core, lambda: import_module(CORE_MODULE))
    found = _entry_points()
    if name not in found:
        raise PluginError(unknown("plugin", name, found))  # core is no answer: it has nothing to play
    info = _not_loaded(name, found[name])
    if info.state == "disabled":
        raise PluginError(f"{_who(info)} is disabled by the environment variable {DISABLE}.")
    if info.error:
        raise PluginError(info.error)
    plugin = Plugin(name=name, distribution=info.distribution, version=info.version)
    return _read(plugin, found[name][0].load)


def find_environment(plugin: Plugin, name: str | None = None) -> Environment:
    """The environment of that name (bare, or `plugin/name`); without one, the plugin's default environment."""
    if name is not None:
        return _pick("environment", name, [plugin])
    if plugin.default_environment is None:
        raise UsageError(f"Plugin '{plugin.name}' has no environments, so there is nothing to play.")
    return plugin.default_environment


def find_rubric(name: str | None, plugin: Plugin, environment: Environment | None = None) -> Rubric:
    """The rubric of that name, or read from a path that ends in `.toml`; without one, the environment's first.

    Where `environment` is given, the rubric is for it.
    """
    environment = environment or find_environment(plugin)
    where = f"{plugin.name}/{environment.name}"
    if name is None:
        fitting = (rubric for rubric in plugin.rubrics.values() if rubric.environment in (where, environment.name))
        rubric = next(fitting, None)
        if rubric is None:
            raise UsageError(f"{where} has no rubric of its own; name one, or give a TOML file.")
        return rubric
    own = {**plugin.rubrics, **{f"{plugin.name}/{bare}": rubric for bare, rubric in plugin.rubrics.items()}}
    rubric = Rubric.from_toml(name, own) if name.endswith(".toml") else _pick("rubric", name, [plugin])
    if rubric.environment not in (where, environment.name):
        raise UsageError(f"Rubric '{rubric.name}' is for {rubric.environment}, not for {where}.")
    return rubric


def find_explorer(name: str, plugin: Plugin, environment: Environment | None = None) -> Explorer:
    """The explorer of that name: bare if only one of `plugin` and the core has it, else `plugin/name`.

    Where `environment` is given, the explorer is for it and can serve its answer.
    """
    explorer = _pick("explorer", name, [plugin, load(CORE)])
    if environment is None:
        return explorer
    where = f"{plugin.name}/{environment.name}"
    if not is_for(explorer, plugin, environment):
        raise UsageError(f"Explorer '{name}' is for {', '.join(explorer.environments)}, not for {where}.")
    if environment.answer not in explorer.answers:
        kinds = " and ".join(sorted(explorer.answers))
        raise UsageError(f"Explorer '{name}' serves {kinds} answers, but {where} asks for a {environment.answer}.")
    return explorer


def find_classifier(name: str, plugin: Plugin, environment: Environment | None = None) -> Classifier:
    """The classifier of that name: bare if only one of `plugin` and the core has it, else `plugin/name`.

    Where `environment` is given, the classifier is for it.
    """
    classifier: Classifier = _pick("classifier", name, [plugin, load(CORE)])
    if environment is not None and not is_for(classifier, plugin, environment):
        where = f"{plugin.name}/{environment.name}"
        raise UsageError(f"Classifier '{name}' is for {', '.join(classifier.environments)}, not for {where}.")
    return classifier


def is_for(record: Explorer | Classifier, plugin: Plugin, environment: Environment) -> bool:
    """Whether an explorer or a classifier is for that environment of that plugin, or for any."""
    return not record.environments or f"{plugin.name}/{environment.name}" in record.environments


def scripted(plugin: Plugin, environment: Environment) -> Explorer | None:
    """The first explorer that the plugin itself brings for an environment, is not learned and is told nothing."""

    def fits(explorer: Explorer) -> bool:
        alone = not explorer.learned and not explorer.told
        return alone and is_for(explorer, plugin, environment) and environment.answer in explorer.answers

    return next(filter(fits, plugin.explorers.values()), None)


def _pick(kind: str, name: str, plugins: list[Plugin]) -> Any:
    """The record of that kind and name in one of `plugins`, or in the one that the name is qualified with."""
    plugins = list({plugin.name: plugin for plugin in plugins}.values())
    owner, _, bare = name.rpartition("/")
    if owner:
        plugins = [next((plugin for plugin in plugins if plugin.name == owner), None) or load(owner)]
    records = {(plugin.name, key): r for plugin in plugins for key, r in getattr(plugin, f"{kind}s").items()}
    matching = [place for place in records if place[1] == bare]
    if not matching:
        raise UsageError(unknown(kind, bare, {key for _, key in records}))
    if len(matching) > 1:
        choices = " or ".join(f"'{plugin}/{key}'" for plugin, key in matching)
        raise UsageError(f"There are several {kind}s named '{bare}'; write {choices}.")
    return records[matching[0]]


# --- discovery, from metadata alone -------------------------------------------------------------------------------


def _entry_points() -> dict[str, list[EntryPoint]]:
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, []).append(point)
    return found


def _not_loaded(name: str, points: list[EntryPoint]) -> PluginInfo:
    """What metadata alone says; a name that is taken twice has failed already."""
    sources = [_source(point) for point in points]
    several = " and ".join(_release(*source) for source in sources)
    disabled = name in {part.strip() for part in os.environ.get(DISABLE, "").split(",")}
    error = None
    if name == CORE:
        error = f"Plugin '{CORE}' of {several} has the name of dreamctl's own plugin; it has to choose another."
    elif len(points) > 1:
        error = f"Plugin '{name}' is provided twice, by {several}; uninstall one of them, or disable it."
    return PluginInfo(
        name=name,
        distribution=sources[0][0] if len(points) == 1 else None,
        version=sources[0][1] if len(points) == 1 else None,
        state="disabled" if disabled else "failed" if error else "not loaded",
        error=None if disabled else error,
    )


def _source(point: EntryPoint) -> tuple[str | None, str | None]:
    if point.dist is None:
        return None, None
    metadata = point.dist.metadata
    return metadata["Name"], metadata["Version"]  # None where the metadata lacks it


def _release(distribution: str | None, version: str | None) -> str:
    return f"{distribution or 'an unnamed distribution'} {version or '(no version)'}"


# --- loading ------------------------------------------------------------------------------------------------------


def _loaded(info: PluginInfo) -> PluginInfo:
    try:
        plugin = load(info.name)
    except PluginError as error:
        return evolve(info, state="failed", error=str(error))
    return evolve(
        info,
        state="loaded",
        environments=tuple(plugin.environments),
        rubrics=tuple(plugin.rubrics),
        explorers=tuple(plugin.explorers),
        classifiers=tuple(plugin.classifiers),
    )


def _read(plugin: Plugin, import_it: Callable[[], Any]) -> Plugin:
    """Import the plugin, and add to its record what its hooks yield."""
    with blaming(f"{_who(plugin)} could not be imported"):
        module = import_it()
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    with blaming(f"{_who(plugin)} could not be registered", but=(PluginError,)):
        _refuse_near_misses(module, plugin)
        manager.register(module, plugin.name)
    return evolve(
        plugin,
        environments=_collect(manager, "dreamctl_environments", plugin),
        rubrics=_collect(manager, "dreamctl_rubrics", plugin),
        explorers=_collect(manager, "dreamctl_explorers", plugin),
        classifiers=_collect(manager, "dreamctl_classifiers", plugin),
    )


def _import_file(path: Path) -> ModuleType:
    """Import a one-file plugin, once for each path; it is found in `sys.modules`, so what it defines can be pickled."""
    path = path.resolve()
    name = f"dreamctl_file_{path.stem}_{hashlib.sha256(bytes(path)).hexdigest()[:8]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    assert spec is not None  # its name ends in .py
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _refuse_near_misses(module: Any, plugin: Plugin) -> None:
    """Functions that look like hooks and would silently never be called are errors."""
    for name in dir(module):
        function = getattr(module, name, None)
        if not inspect.isroutine(function):
            continue
        marked = getattr(function, f"{GROUP}_impl", None)
        hook = (marked or {}).get("specname") or name
        if hook not in YIELDS and (marked or name.startswith(f"{GROUP}_")):
            nearest = difflib.get_close_matches(hook, YIELDS, n=1, cutoff=0.0)[0]
            raise PluginError(f"{_who(plugin)} has '{hook}', which is not a hook. Did you mean '{nearest}'?")
        if hook in YIELDS and not marked:
            raise PluginError(
                f"{_who(plugin)} has '{hook}' without '@dreamctl.hookimpl' above it, so it is not called."
            )


def _collect(manager: pluggy.PluginManager, hook: str, plugin: Plugin) -> dict[str, Any]:
    """What one hook of the one registered plugin yields, checked, by name."""
    where = f"{_who(plugin)}, hook {hook}"
    expected = YIELDS[hook]
    records: dict[str, Any] = {}
    with blaming(where):
        results = [implementation.function() for implementation in getattr(manager.hook, hook).get_hookimpls()]
        yielded: list[Any] = [record for result in results for record in _iterate(result, expected)]
    for record in yielded:
        if not isinstance(record, expected):
            raise PluginError(f"{where}: expected {expected.__name__}, got {_shown(record)}.")
        if record.name in records:
            raise PluginError(f"{where}: names are unique within a plugin, but '{record.name}' is yielded twice.")
        records[record.name] = _qualified(record, plugin)
    return records


def _iterate(result: Any, expected: type) -> Iterable[Any]:
    if not isinstance(result, Iterable):
        raise PluginError(f"expected an iterable of {expected.__name__} records (use yield), got {_shown(result)}.")
    return result


def _qualified(record: Any, plugin: Plugin) -> Any:
    """The record, with environments of the same plugin written `plugin/name` like those of others."""

    def qualify(name: str) -> str:
        return name if "/" in name else f"{plugin.name}/{name}"

    if isinstance(record, Rubric):
        return evolve(record, environment=qualify(record.environment))
    if isinstance(record, Explorer | Classifier):
        return evolve(record, environments=tuple(map(qualify, record.environments)))
    return record


# --- blame --------------------------------------------------------------------------------------------------------


@contextmanager
def blaming(what: str, but: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Turn whatever a plugin's code raises, its exits included, into one sentence that begins with `what`.

    Errors of the kinds in `but` pass as they are.
    """
    try:
        yield
    except but:
        raise
    except DreamctlError as error:
        raise PluginError(f"{what}: {_line(error)}") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit, pytest.skip, a panic in compiled code
        kind = "" if isinstance(error, ImportError) else f"{type(error).__name__}: "
        raise PluginError(f"{what}: {kind}{_line(error)}{_place(error)}.") from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or "no message"


def _place(error: BaseException) -> str:
    """Where in the plugin's code the error was raised; empty if it never got there."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__ and "importlib" not in f.filename
    ]
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""


def _who(plugin: Plugin | PluginInfo) -> str:
    release = f" ({_release(plugin.distribution, plugin.version)})" if plugin.distribution else ""
    return f"Plugin '{plugin.name}'{release}"


def _shown(value: Any) -> str:
    text = repr(value)
    return "None" if value is None else f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"
