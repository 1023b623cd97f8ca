"""The records that plugins yield and that everything else passes around. Making one is cheap and imports nothing heavy.

Letters: B rows (a row is a trial), T steps, O observation shape, L labels or items, I instruction shape.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from attrs import asdict, field, frozen
from numpy.typing import NDArray

from .course import adapted
from .errors import InputError, PluginError, unknown
from .exclusion import settled

if TYPE_CHECKING:
    import gymnasium

    from .drawing import Drawing
    from .footage import Footage, Live
    from .replay.trace import Trace
    from .simulation.reader import Reader
    from .simulation.simulator import Simulator

Answer = Literal["rubric", "return"]
Status = Literal["graded", "not_gradable", "error"]
Verdict = Literal["present", "absent", "abstained"]


def _require(condition: bool, record: Any, sentence: str) -> None:
    if not condition:
        raise PluginError(f"{type(record).__name__} {getattr(record, 'name', None) or record.key!r}: {sentence}")


def _tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


def _frozenset(values: Iterable[Any]) -> frozenset[Any]:
    return frozenset(values)


# --- what is played -------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Task:
    """One world or one program: mu in the papers.

    `key` is stable, and joins results, splits and replays.
    `params` is all that a simulator is given; labels and identifiers cannot leak into an observation, because a
    simulator never holds a `Task`.
    `labels` maps a label's key to whether it is so; a missing key is unknown.
    `identifier` names the task to a task encoder F(z given mu): small whole numbers, used in training only.
    `groups` says to which part of the tasks it belongs, in as many respects as there are (`{"balls": "3 or more"}`), so
    that measures can be shown by part; nobody who plays or judges sees them.
    """

    key: str
    params: Any
    labels: Mapping[str, bool] = field(factory=dict)
    identifier: tuple[int, ...] = ()
    weight: float = 1.0
    groups: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class TaskSet:
    """Where tasks come from. The three lists have disjoint keys, unless `shared` says they are the same few tasks.

    `sample(rng)` draws from an endless generator; it may stand beside the lists or replace training tasks.
    """

    train: Sequence[Task] = ()
    validation: Sequence[Task] = ()
    test: Sequence[Task] = ()
    sample: Callable[[np.random.Generator], Task] | None = None
    shared: bool = False

    def __attrs_post_init__(self) -> None:
        names = ("train", "validation", "test")
        keys = {name: [task.key for task in getattr(self, name)] for name in names}
        for name in names:
            if len(set(keys[name])) < len(keys[name]):
                twice = next(k for k in keys[name] if keys[name].count(k) > 1)
                raise PluginError(f"TaskSet: task keys are unique within a split, but '{twice}' is twice in '{name}'.")
        if self.shared:
            return
        for a, b in (("train", "validation"), ("train", "test"), ("validation", "test")):
            both = set(keys[a]) & set(keys[b])
            if both:
                raise PluginError(
                    f"TaskSet: '{a}' and '{b}' share the task '{min(both)}'; splits are disjoint unless shared=True."
                )


@frozen(kw_only=True)
class Environment:
    """What can be simulated, on which tasks, and what a trial in it is.

    A trial is one task: `exploration_episodes` episodes of at most `exploration_steps` steps, then the answer.
    With `answer="rubric"` that is a probability per label; with `answer="return"` it is an execution episode of at
    most `execution_steps` steps, whose return counts. The core applies the step limits.

    - `observation_space`: of one row. A Box (its bounds scale what networks see, so give real ones), a MultiDiscrete,
      a MultiBinary or a Discrete; `uint8` Boxes of three dimensions are pictures.
    - `actions`: names; the index is the action. `ends`: those that end the episode, whatever else happens; noise leaves
      them out where a learner acts at random, since it would else never get far.
    - `halve`: networks look at pictures of half the size, each pixel the mean of two by two; nothing else may look
      at them in training, so there are no `derived` and no `skills` then.
    - `tasks()`: the task set. `env(params)`: a plain `gymnasium.Env`, the readable specification.
      `simulator(batch)`: a batched `Simulator`. Give either, or both; all three are called when needed.
    - `instructions(params, rng)`: draws what an execution episode asks for (an array of `instruction_space`), shown to
      the executor, never to the explorer. A plain env receives it as `reset(options={"instruction": ...})`.
    - `reward_seen`: whether the explorer sees the reward while exploring.
    - `features`: names of the observation's components, for reports and for classifiers that use them.
    - `reader(batch)`: reads what is shown (pictures, say) into features of `reading_space`; then learners see only
      these, and no rewards, and `features` and the names below are of what is read.
    - `events`: those features that count what a player saw happen in the step just played: what a program reacts to.
    - `outcomes`: those that count what visibly followed in that step; `totals`: those whose change in a step is an
      outcome (scores, positions). Classifiers that pool what followed each kind of event read these.
    - `duration`: that feature which says how long the step just played took, in a unit of its own, where steps differ.
      To grade by play then means to find out soon by this clock, in however many steps.
    - `unseen`: outcomes that cannot show in a step that begins with a feature at its highest value, by that feature's
      name: a ball that appears while there are as many as there can be.
    - `shown_by`: by a label, the features that are the greater the more plainly it shows; its evidence is the step in
      which one of them is greatest. Evidence for other labels is found by what was learned.
    - `derived(observations)`: what a player works out from what it sees, from [..., *O] to float32 [..., D] of about -1
      to 1 (where a ball will land, say). Networks that act read it beside the observation.
    - `skills(observations)`: what skilled players would do, from [B, *O]: the action of each of the `skill_names`
      [B, K], and whether it is time to think again about which to follow [B]. Explorers that learn choose among these.
    - `inspect(params)`: looks at programs before they are played, and says of each in an `Inspection` what is plain to
      see; it overrules the judge, and says which would not start.
    - `known()`: tasks whose labels are certain, say a right program and a wrong one. `dreamctl grade` grades them
      before and after the others, and stops where one of them gets a wrong verdict.
    - `unplayed(observations)`: of all that was seen in the exploration of a program, [N, *O], why it is too little to
      judge it by, in a sentence for the student; empty where it is not. Such a program is not gradable.
    - `recombined(tasks)`: makes of training tasks a generator `sample(rng)` of more tasks like them.
    - `read_submissions(path)`: yields a `Submission` for each program found there, unreadable ones too.
    - `optimum(task_set)`: the best mean return that is possible on the test tasks, computed; None if not known.
    - `uninformed(task_set)`: the same for who knows the training tasks and explores nothing: what failure is worth.
    - `place(observations)`: where on its picture the player is, from [N, *O] to whole numbers (x, y) [N, 2] in pixels,
      so that it can be drawn how often each place is visited.
    - `sights`: kinds of places by name, each as what says of observations [N, *O] whether they are of one [N], so that
      it can be counted how many different ones an exploration comes to. It takes `place` to tell them apart.
    - `runs_student_code`: its simulator runs programs that nobody has reason to trust, in a `dreamctl.sandbox`. Then
      each grade says which tier that had, and few programs are graded at once.
    - `weights`: a run directory that ships inside the plugin, with which `dreamctl grade` grades when none is named.
    - `steps_per_second`: how fast a person plays it; None waits for a key at every step.
    - `drawing`: how an observation is drawn from a few shapes, so that web pages can replay what was played.
    - `settings`: with what settings explorers begin here, by the explorer's name; `--set` changes one. `steps` among
      them, a whole number, is the budget of `dreamctl train` where none is given. `presets.py` has some.
    - `footage(params, seed, actions, first)`: where much happens in a step, what a person sees of it: plays an episode
      again from its seed and its actions, and gives the frames of the steps from number `first` on. Replays show these
      instead; None where they cannot be shown.
    - `live(params, seed)`: the game for a person who plays it with the mouse, frame by frame.
    - `version`: rises when dynamics, observations or actions change; it is stored with every result.
    """

    name: str
    observation_space: gymnasium.Space[Any]
    actions: tuple[str, ...] = field(converter=_tuple)
    exploration_steps: int
    tasks: Callable[[], TaskSet]
    execution_steps: int = 0
    exploration_episodes: int = 1
    ends: tuple[str, ...] = field(default=(), converter=_tuple)
    halve: bool = False
    answer: Answer = "rubric"
    env: Callable[[Any], gymnasium.Env[Any, Any]] | None = None
    simulator: Callable[[int], Simulator] | None = None
    instructions: Callable[[Any, np.random.Generator], NDArray[Any]] | None = None
    instruction_space: gymnasium.Space[Any] | None = None
    reward_seen: bool = True
    features: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    duration: str | None = None
    unseen: Mapping[str, str] = field(factory=dict)
    shown_by: Mapping[str, Sequence[str]] = field(factory=dict)
    derived: Callable[[NDArray[Any]], NDArray[np.float32]] | None = None
    skills: Callable[[NDArray[Any]], tuple[NDArray[np.int64], NDArray[np.bool_]]] | None = None
    skill_names: tuple[str, ...] = ()
    inspect: Callable[[Sequence[Any]], Sequence[Inspection]] | None = None
    known: Callable[[], Sequence[Task]] | None = None
    unplayed: Callable[[NDArray[Any]], str] | None = None
    recombined: Callable[[Sequence[Task]], Callable[[np.random.Generator], Task]] | None = None
    reader: Callable[[int], Reader] | None = None
    reading_space: gymnasium.Space[Any] | None = None
    read_submissions: Callable[[Path], Iterable[Submission]] | None = None
    read_tasks: Callable[[Path], Sequence[Task]] | None = None
    runs_student_code: bool = False
    version: int = 1
    description: str = ""
    frames_per_step: int = 1
    optimum: Callable[[TaskSet], float] | None = None
    uninformed: Callable[[TaskSet], float] | None = None
    place: Callable[[NDArray[Any]], NDArray[np.integer]] | None = None
    sights: Mapping[str, Callable[[NDArray[Any]], NDArray[np.bool_]]] = field(factory=dict)
    steps_per_second: float | None = None
    weights: Path | None = None
    drawing: Drawing | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    footage: Callable[[Any, int, Sequence[int], int], Footage | None] | None = None
    live: Callable[[Any, int], Live] | None = None

    def __attrs_post_init__(self) -> None:
        _require(bool(self.name) and "/" not in self.name, self, "'name' is a word without '/'.")
        _require(len(self.actions) >= 2, self, f"'actions' needs at least 2 names (got {len(self.actions)}).")
        _require(
            self.env is not None or self.simulator is not None, self, "give 'env', 'simulator', or both (got neither)."
        )
        _require(self.answer in ("rubric", "return"), self, f"'answer' is 'rubric' or 'return' (got {self.answer!r}).")
        _require(self.exploration_steps >= 1, self, f"'exploration_steps' is 1 or more (got {self.exploration_steps}).")
        _require(
            self.answer == "rubric" or self.execution_steps >= 1,
            self,
            "an environment with answer='return' needs 'execution_steps' of 1 or more.",
        )
        _require(
            set(self.ends) < set(self.actions), self, "'ends' names some of the 'actions', and leaves at least one."
        )
        _require(
            not self.halve
            or (_is_picture(self.reading_space or self.observation_space) and self.derived is self.skills is None),
            self,
            "'halve' is for uint8 Boxes of three dimensions, without 'derived' and 'skills'.",
        )
        for field_name in ("events", "outcomes", "totals"):
            for name in getattr(self, field_name):
                _require(name in self.features, self, f"'{field_name}' names '{name}', which is not in 'features'.")
        _require(
            self.duration is None or self.duration in self.features,
            self,
            f"'duration' names '{self.duration}', which is not in 'features'.",
        )
        for names in self.shown_by.values():
            for name in names:
                _require(name in self.features, self, f"'shown_by' names '{name}', which is not in 'features'.")
        for outcome, name in self.unseen.items():
            _require(name in self.features, self, f"'unseen' names '{name}', which is not in 'features'.")
            known = outcome in self.outcomes or outcome in self.totals
            _require(known, self, f"'unseen' names '{outcome}', which is not in 'outcomes' or 'totals'.")
        bounded = hasattr(self.observation_space, "high")
        _require(bounded or not self.unseen, self, "'unseen' needs an 'observation_space' with bounds, a Box.")
        _require((self.skills is None) == (not self.skill_names), self, "'skills' and 'skill_names' come together.")
        _require(
            self.drawing is None or self.drawing.fits(self.reading_space or self.observation_space),
            self,
            "the drawing's 'columns' name each component of an observation, unless it has 'read'.",
        )
        _require(
            (self.instructions is None) == (self.instruction_space is None),
            self,
            "'instructions' and 'instruction_space' come together.",
        )
        _require(
            (self.reader is None) == (self.reading_space is None), self, "'reader' and 'reading_space' come together."
        )


def _is_picture(space: gymnasium.Space[Any]) -> bool:
    return space.dtype == np.uint8 and len(space.shape or ()) == 3


@frozen(kw_only=True)
class Submission:
    """A program as handed in: its task, or why it cannot be one.

    `id` is the program's own identifier, else its path relative to what was given.
    `problem` is a sentence with the place (file, line, event), for a program that cannot be graded.
    `note` says what was made of what was handed in, where that is not plain: which of two versions is graded, say.
    """

    id: str
    task: Task | None = None
    problem: str | None = None
    note: str = ""


@frozen(kw_only=True)
class Inspection:
    """What is plain to see of a program before anyone plays it.

    `labels` maps those labels that are certain to whether they are so; the judge is asked about the others.
    `seen` says of some of these, in a sentence, what was seen.
    `problem` is a sentence for the student where the program would not start, so that it is not gradable.
    """

    labels: Mapping[str, bool] = field(factory=dict)
    problem: str | None = None
    seen: Mapping[str, str] = field(factory=dict)


# --- what is judged -------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Item:
    """One line of a rubric: present in a program if any of its `labels` is (by default the label of the same key).

    `excludes`: keys of items that are not looked at where this one is present, and so are absent.
    """

    key: str
    title: str = ""
    points: float = 0.0
    feedback: str = ""
    labels: tuple[str, ...] = field(converter=_tuple, default=())
    excludes: tuple[str, ...] = field(converter=_tuple, default=())

    @property
    def called(self) -> str:
        """What people read: its title, or its key if it has none."""
        return self.title or self.key

    @property
    def made_of(self) -> tuple[str, ...]:
        """The labels that it stands for."""
        return self.labels or (self.key,)

    def truth(self, labels: Mapping[str, bool]) -> float:
        """1.0 present, 0.0 absent, NaN unknown."""
        values = [labels.get(label) for label in self.made_of]
        if any(values):
            return 1.0
        return float("nan") if any(value is None for value in values) else 0.0


def _items(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(items)


@frozen(kw_only=True)
class Rubric:
    """The items that count for an environment (`plugin/name`, or a name in the same plugin)."""

    name: str
    environment: str
    items: tuple[Item, ...] = field(converter=_items)
    max_score: float | None = None

    def __attrs_post_init__(self) -> None:
        keys = [item.key for item in self.items]
        _require(len(keys) >= 1, self, "a rubric needs at least one item.")
        _require(len(set(keys)) == len(keys), self, "item keys are unique.")
        for item in self.items:
            for other in item.excludes:
                if other not in keys:
                    _require(False, self, f"item '{item.key}' excludes: {unknown('item', other, keys)}")
                _require(other != item.key, self, f"item '{item.key}' cannot exclude itself.")

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The items' keys, in order: the columns of every [B, L] array."""
        return tuple(item.key for item in self.items)

    def targets(self, tasks: Iterable[Task]) -> NDArray[np.float32]:
        """Truth of each item for each task: float32 [B, L]; 1 present, 0 absent, NaN unknown."""
        labels = [item.made_of for item in self.items]
        known = list(dict.fromkeys(label for of_item in labels for label in of_item))
        rows = [[task.labels.get(label) for label in known] for task in tasks]
        truth = np.array(rows, np.float32).reshape(len(rows), len(known))  # [B, labels]; None becomes NaN
        of_items = [truth[:, [known.index(label) for label in of_item]] for of_item in labels]
        return np.stack([np.where((t == 1).any(1), np.float32(1), t.sum(1)) for t in of_items], 1)  # [B, L]

    def stand(self, present: NDArray[np.bool_], probability: NDArray[Any]) -> NDArray[np.bool_]:
        """Those of the `present` [B, L] items that stand once each has struck what it excludes.

        Of two items that exclude each other the more probable one stands, and of equally probable ones the first.
        """
        return settled(present, probability, self.exclusions)

    @cached_property
    def exclusions(self) -> NDArray[np.bool_]:
        """[L, L]: the item of the row excludes the item of the column."""
        return np.array([[other in item.excludes for other in self.keys] for item in self.items], bool)

    @property
    def full_score(self) -> float:
        """The score of a program in which nothing is present."""
        return self.max_score if self.max_score is not None else sum(item.points for item in self.items)

    def score(self, verdicts: Mapping[str, Verdict]) -> float:
        """The full score less the points of every present item that stands, never below zero.

        Abstentions cost nothing, nor do items that another present one excludes.
        """
        present = np.array([[verdicts.get(key) == "present" for key in self.keys]])  # [1, L]
        (stands,) = self.stand(present, np.ones(present.shape))
        lost = sum(item.points for item, so in zip(self.items, stands, strict=True) if so)
        return max(0.0, self.full_score - lost)

    @classmethod
    def from_toml(cls, path: str | Path, bases: Mapping[str, Rubric] | None = None) -> Rubric:
        """Read a course rubric: `name`, `environment`, optional `max_score`, and an `[[items]]` table per item.

        With `base`, one of `bases` by name, the items are the base's, but for those in `drop` and what `[[items]]` says
        is different.
        """
        return cls.from_table(rubric_table(path), str(path), bases)

    @classmethod
    def from_table(cls, table: Mapping[str, Any], source: str, bases: Mapping[str, Rubric] | None = None) -> Rubric:
        """A rubric from the tables of its TOML file; `source` names it in errors."""
        where = f"Rubric {source}"
        _only_known(table, {*HEAD, "items"}, where)
        items = table.get("items", [])
        if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
            raise InputError(f"{where}: 'items' are tables; begin each with [[items]].")
        _of_kinds(HEAD, table, where)
        for number, item in enumerate(items, 1):
            _only_known(item, set(ITEM), f"{where}, item {number}")
            _of_kinds(ITEM, item, f"{where}, item {number}")
            if "key" not in item:
                raise InputError(f"{where}, item {number}: 'key' is missing.")
        _unique([item["key"] for item in items], where)
        head = {name: value for name, value in table.items() if name in ("name", "environment", "max_score")}
        if "base" in table:
            base = _base(table["base"], bases, where)
            head = {"environment": base.environment, **head}
            items = _adapted(base, table, where)
        elif "drop" in table:
            raise InputError(f"{where}: 'drop' is for a rubric with a 'base'; leave it out.")
        for name in ("name", "environment"):
            if name not in head:
                raise InputError(f"{where}: '{name}' is missing.")
        try:
            return cls(**head, items=tuple(Item(**item) for item in items))
        except PluginError as error:
            raise InputError(f"{where}: {error}") from error


def rubric_table(path: str | Path) -> dict[str, Any]:
    """What stands in a rubric's file, before it is known whether it makes sense."""
    path = Path(path)
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"Rubric {path}: cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"Rubric {path}: not a TOML file ({error}).") from error


def _base(name: str, bases: Mapping[str, Rubric] | None, where: str) -> Rubric:
    if bases is None:
        raise InputError(f"{where}: its base '{name}' is a plugin's; read it with `dreamctl.plugins.find_rubric`.")
    if name not in bases:
        raise InputError(f"{where}: its base: {unknown('rubric', name, bases)}")
    return bases[name]


def _adapted(base: Rubric, table: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    try:
        return adapted([asdict(item) for item in base.items], table.get("drop", ()), table.get("items", ()))
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _unique(keys: Sequence[str], where: str) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise InputError(f"{where}: the item '{key}' is there {keys.count(key)} times; put it into one table.")


HEAD: Mapping[str, Any] = {"name": "", "environment": "", "base": "", "max_score": 0.0, "drop": [""]}
ITEM: Mapping[str, Any] = {"key": "", "title": "", "points": 0.0, "feedback": "", "labels": [""], "excludes": [""]}


def _of_kinds(like: Mapping[str, Any], table: Mapping[str, Any], where: str) -> None:
    """Refuse values of another kind than those in `like`: a text, a number from 0 on, or a list of texts."""
    for name, example in like.items():
        value = table.get(name, example)
        if isinstance(example, str):
            fits, expected = isinstance(value, str), "a text"
        elif isinstance(example, float):
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            fits, expected = number and 0 <= value < float("inf"), "a number of 0 or more"
        else:
            fits = isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value)
            expected = "a list of texts"
        if not fits:
            raise InputError(f"{where}: '{name}' is {expected} (got {value!r}).")


def _only_known(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in table:
        if name not in known:
            raise InputError(f"{where}: '{name}' is not a setting. There are: {', '.join(sorted(known))}.")


# --- who plays and who judges ---------------------------------------------------------------------------------


@frozen(kw_only=True)
class Problem:
    """What a learner is given to solve: everything that `--plugin`, `--rubric`, `--seed` and the budget amount to.

    `steps` is the whole budget in agent steps (exploration and execution together), so that schedules can follow it.
    `judge` is another of the run's classifier if that predicts every prefix, for an explorer to be rewarded by.
    """

    environment: Environment
    tasks: TaskSet
    rubric: Rubric | None = None
    seed: int = 0
    steps: int = 1_000_000
    batch: int | None = None
    device: str = "cpu"
    judge: Any = None
    options: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Explorer:
    """An exploration policy: scripted (`build(problem)` gives a `Policy`) or learned (it gives a `Learner`).

    `answers`: the kinds of answer it can serve. `environments`: names of the environments it is for; empty is any.
    `told`: it is given the task, so it is a control and never a contestant.
    """

    name: str
    build: Callable[[Problem], Any]
    answers: frozenset[str] = field(converter=_frozenset, default=frozenset({"rubric", "return"}))
    learned: bool = False
    told: bool = False
    environments: tuple[str, ...] = field(converter=_tuple, default=())
    description: str = ""


@frozen(kw_only=True)
class Classifier:
    """A judge of labels: `build(problem)` gives a `Judge`.

    `prefixes`: it predicts after every step, so it can also reward exploration; else for whole explorations only.
    `reads_source`: it is given the tasks themselves and answers from the program's text. It is a control that shows
    what play could find at most: `dreamctl evaluate` has it in every table, and `dreamctl grade` refuses it.
    `environments`: names of the environments it is for; empty is any.
    """

    name: str
    build: Callable[[Problem], Any]
    learned: bool = True
    prefixes: bool = False
    reads_source: bool = False
    environments: tuple[str, ...] = field(converter=_tuple, default=())
    description: str = ""


# --- what comes out -------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Evidence:
    """Where belief in an item moved most: an episode and a step of it, replayable from the seed and the actions."""

    episode: int
    step: int


@frozen(kw_only=True)
class ItemGrade:
    """What was found about one item; `seen` is a sentence about what is plain to see of it, before any play."""

    probability: float
    verdict: Verdict
    evidence: Evidence | None = None
    seen: str = ""


@frozen(kw_only=True)
class Grade:
    """The grade of one submission. An `error` is our fault and carries no score: it never becomes a mark.

    `error` is a pair (kind, sentence), or None. `trace` is what the evidence looked like, where it was recorded.
    `note` is the submission's.
    """

    submission: str
    status: Status
    labels: Mapping[str, ItemGrade] = field(factory=dict)
    score: float | None = None
    max_score: float | None = None
    error: tuple[str, str] | None = None
    provenance: Mapping[str, Any] = field(factory=dict)
    trace: Trace | None = None
    note: str = ""
