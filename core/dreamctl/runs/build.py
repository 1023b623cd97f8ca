"""From settings to the things they name: environment, tasks, rubric, explorer and judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from attrs import frozen

from .. import plugins
from ..errors import InputError, PluginError, UsageError
from ..learning.learner import Judge, Learner
from ..plugins import Plugin
from ..records import Classifier, Environment, Explorer, Problem, Rubric, Task, TaskSet
from ..simulation.policy import Policy
from ..simulation.reader import as_read
from .play import Player, Scripted
from .seeding import DRAW, SPLIT, generator, text_hash
from .settings import Settings

CLASSIFIER = "running"  # the core's default judge
HELD_BACK = 10  # one task in this many is kept for validation where a task file does not say
FEW = 20  # tasks: with fewer, all are learned from, since two programs calibrate nothing
DRAWN, DRAWN_FOR_VALIDATION = 4096, 512  # tasks drawn from a generator where there are no lists
DRAWN_BESIDE = 4  # tasks drawn for each listed one where there are both, for the judge to learn from


Sample = Callable[[np.random.Generator], Task]


@frozen(kw_only=True)
class Parts:
    """Everything that settings name, found and checked; nothing is built or simulated yet."""

    settings: Settings
    plugin: Plugin
    environment: Environment
    explorer: Explorer
    classifier: Classifier | None
    rubric: Rubric | None


def choose(
    plugin: str,
    environment: str | None = None,
    explorer: str = "dream",
    classifier: str | None = None,
    rubric: str | None = None,
    **rest: Any,
) -> Settings:
    """Settings from what a user names, with defaults filled in; UsageError says why a combination does not fit."""
    if plugin.endswith(".py"):
        plugin = str(Path(plugin).resolve())  # a run is read again from other folders
    owner = plugins.load(plugin)
    world = plugins.find_environment(owner, environment)
    if world.answer == "return":
        for kind, name in (("classifier", classifier), ("rubric", rubric)):
            if name is not None:
                raise UsageError(
                    f"{owner.name}/{world.name} is answered by a return, so it has no use for the {kind} '{name}'."
                )
        judged = None
    else:
        judged = plugins.find_rubric(rubric, owner, world)
        classifier = classifier or CLASSIFIER
    known = plugins.find_explorer(explorer, owner, world).name
    said = dict(world.settings.get(known, {}))
    steps = said.pop("steps", None)
    if steps is not None and "minutes" not in rest:
        rest.setdefault("steps", steps)
    options = {**said, **rest.pop("options", {})}
    settings = Settings(
        plugin=plugin,
        environment=world.name,
        explorer=explorer,
        classifier=classifier,
        rubric=judged,
        options=options,
        **rest,
    )
    find(settings)
    return settings


def find(settings: Settings) -> Parts:
    """The records that settings name; an error says in one sentence why they do not fit together."""
    plugin = plugins.load(settings.plugin)
    environment = as_read(plugins.find_environment(plugin, settings.environment))
    explorer = plugins.find_explorer(settings.explorer, plugin, environment)
    classifier = plugins.find_classifier(settings.classifier, plugin, environment) if settings.classifier else None
    return Parts(
        settings=settings,
        plugin=plugin,
        environment=environment,
        explorer=explorer,
        classifier=classifier,
        rubric=settings.rubric,
    )


def read_tasks(environment: Environment, path: str | Path) -> Sequence[Task]:
    """The tasks of a file, as the environment reads them."""
    if environment.read_tasks is None:
        raise UsageError(f"{environment.name}: it reads no task files, so --tasks cannot be used with it.")
    if not Path(path).exists():
        raise InputError(f"Tasks {path}: there is no such file.")
    tasks = environment.read_tasks(Path(path))
    if not tasks:
        raise InputError(f"Tasks {path}: there is no task in it.")
    key, times = Counter(task.key for task in tasks).most_common(1)[0]
    if times > 1:
        raise InputError(f"Tasks {path}: '{key}' is there {times} times; every task needs a key of its own.")
    return tasks


def task_set(parts: Parts) -> TaskSet:
    """Where the run's tasks come from: its task file, with a share held back for validation, or the environment."""
    if parts.settings.tasks is None:
        own = parts.environment.tasks()
        if not isinstance(own, TaskSet):
            raise PluginError(f"{parts.environment.name}: tasks() gives a TaskSet (got a {type(own).__name__}).")
        return own
    tasks = read_tasks(parts.environment, parts.settings.tasks)
    back = _held_back(tasks)
    train = [task for task in tasks if task.key not in back]
    return TaskSet(
        train=train,
        validation=[task for task in tasks if task.key in back],
        sample=_more(parts.environment, train, back),
    )


def _more(environment: Environment, train: Sequence[Task], back: set[str]) -> Sample | None:
    """A generator of more tasks like those of a file, where the environment has one; never of one held back."""
    if environment.recombined is None:
        return None
    sample = environment.recombined(train)
    return lambda rng: next(task for task in iter(lambda: sample(rng), None) if task.key not in back)


class AnyIdentifier(Sequence[Task]):
    """Every task with the identifier of every task: what is named then says nothing of what is played."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tasks

    def __len__(self) -> int:
        return len(self.tasks) ** 2

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        played, named = divmod(range(len(self))[index], len(self.tasks))
        task, other = self.tasks[played], self.tasks[named]
        return attrs.evolve(task, key=f"{task.key} named {other.key}", identifier=other.identifier)


def shuffled(parts: Parts, tasks: TaskSet) -> TaskSet:
    """The tasks with identifiers that mean nothing; UsageError where there are none."""
    if not tasks.train or not all(task.identifier for task in tasks.train):
        raise UsageError(
            f"{parts.plugin.name}/{parts.environment.name}: its training tasks are not listed with identifiers, so "
            "these cannot be shuffled; leave out --shuffle-identifiers."
        )
    return attrs.evolve(tasks, train=AnyIdentifier(tasks.train), sample=None)


@frozen(kw_only=True)
class Lists:
    """What a judge is fitted on: training tasks, others drawn beside them, and those it is calibrated on."""

    train: Sequence[Task]
    drawn: Sequence[Task]
    validation: Sequence[Task]


def training_lists(tasks: TaskSet, seed: int) -> Lists:
    """Tasks as lists: the set's own, a held-back share, or draws from its generator."""
    train, validation = tasks.train, tasks.validation
    if not train and tasks.sample is not None:
        train = draw(tasks, DRAWN, seed, 0)
    if not validation and not tasks.train and tasks.sample is not None:
        seen = {task.key for task in train}
        validation = [task for task in draw(tasks, DRAWN_FOR_VALIDATION, seed, 1) if task.key not in seen]
    if not validation and not tasks.shared:
        back = _held_back(train)
        validation = [task for task in train if task.key in back]
        train = [task for task in train if task.key not in back]
    drawn = draw(tasks, DRAWN_BESIDE * len(train), seed, 2) if tasks.train and tasks.sample is not None else []
    return Lists(train=train, drawn=drawn, validation=validation)


def _held_back(tasks: Sequence[Task]) -> set[str]:
    """Keys of the tasks that are kept for validation; none where there are few, or where it would be all of them."""
    if len(tasks) < FEW:
        return set()
    back = {task.key for task in tasks if text_hash(f"{SPLIT} {task.key}") % HELD_BACK == 0}
    return back if len(back) < len(tasks) else set()


def draw(tasks: TaskSet, count: int, seed: int, stream: int) -> list[Task]:
    """Tasks from the set's generator."""
    assert tasks.sample is not None
    rng = generator(seed, DRAW, stream)
    return [tasks.sample(rng) for _ in range(count)]


def problem(parts: Parts, tasks: TaskSet) -> Problem:
    """What the explorer and the judge are given to solve."""
    s = parts.settings
    return Problem(
        environment=parts.environment,
        tasks=tasks,
        rubric=parts.rubric,
        seed=s.seed,
        steps=s.steps,
        batch=s.batch,
        device=s.device,
        options=s.options,
    )


def build_judge(parts: Parts, task: Problem) -> Judge | None:
    """A new judge, or None for return answers."""
    if parts.classifier is None:
        return None
    judge = parts.classifier.build(task)
    if not isinstance(judge, Judge):
        raise PluginError(
            f"Classifier '{parts.classifier.name}': build() gives a Judge (got a {type(judge).__name__})."
        )
    return judge


def build_player(explorer: Explorer, task: Problem, decoder: Judge | None = None) -> Player:
    """A new learner, or a scripted policy as a player; a decoder of its own is handed to it, if it judges prefixes."""
    handed = decoder if decoder is not None and decoder.prefixes else None
    built = explorer.build(attrs.evolve(task, judge=handed))
    if isinstance(built, Policy):
        built = Scripted(built)
    if explorer.learned and not isinstance(built, Learner):
        raise PluginError(
            f"Explorer '{explorer.name}': it says that it is learned, so build() gives a Learner "
            f"(got a {type(built).__name__})."
        )
    if not (hasattr(built, "explorer") and hasattr(built, "executor")):
        raise PluginError(
            f"Explorer '{explorer.name}': build() gives a Policy or a Learner (got a {type(built).__name__})."
        )
    player: Player = built
    return player


def control_explorers(parts: Parts) -> Mapping[str, Explorer]:
    """The scripted players that a rubric answer is compared with: the random one, and the plugin's own if any."""
    found = {"random": plugins.find_explorer("core/random", parts.plugin)}
    own = plugins.scripted(parts.plugin, parts.environment)
    if own is not None:
        found["scripted"] = own
    return {name: explorer for name, explorer in found.items() if explorer.name != parts.explorer.name}
