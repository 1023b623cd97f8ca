"""How much of each label can be seen at all, and how much of that a player shows and a judge finds.

    python benchmarks/ceiling.py TRAIN.jsonl.gz VALIDATION.jsonl.gz --out docs/results/ceiling.json [--run RUN]

Long-budget players of several kinds play every program for hundreds of episodes, and an exact log (`showing.py`) says
which facts about it show. From that come two ceilings: a label is found if and only if it shows; and boosted trees on
everything that shows, fitted on the training programs, which also guess what is hidden. The same log of 1, 2 and 8
episodes says what a player showed; with `--run`, also of that run's explorer, beside what its judge found there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamctl import Policy, Task, __version__, keys
from dreamctl.runs.directory import Run, load_run
from dreamctl.runs.play import explore
from dreamctl.simulation.episodes import cut
from dreamctl.simulation.policy import RandomPolicy
from dreamctl.training.measures import rubric_measures
from dreamctl_bounce import WEIGHTS, bounce
from dreamctl_bounce.facts import FACTS
from dreamctl_bounce.labels import LABELS, PUBLISHED
from dreamctl_bounce.reading import read_tasks
from dreamctl_bounce.rules import ACTIONS, SEEN_EVENTS
from dreamctl_bounce.scripted import STAY, ScriptedPolicy
from dreamctl_bounce.showing import Watcher, complaints, values_of

SHARD = 512  # programs that are played side by side
BUDGETS = (1, 2, 8)  # episodes
LEAST = 5  # programs with a label, below which there is nothing to fit
MOVED = ("Paddle", "Wall", "Goal", "Miss")
RARE = ("whenRun-illegal-moveRight", *(f"when{e}-illegal-move{side}" for e in MOVED for side in ("Left", "Right")))
GROUPS = {
    "the eight published": [LABELS.index(label) for label in PUBLISHED],
    "the 29 of 1 % or more": [i for i, label in enumerate(LABELS) if label not in RARE],
    "all 38": list(range(len(LABELS))),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("validation", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--run", type=Path, help="also what this run's explorer shows and its judge finds")
    parser.add_argument("--episodes", type=int, default=256, help="of the long-budget players together")
    options = parser.parse_args()
    train, held_out = read_tasks(options.train), read_tasks(options.validation)
    players = long_budget_players()
    seen, happened = log(train, players, options.episodes)
    held_seen, held_happened = log(held_out, players, options.episodes)
    truth = present(held_out)
    shown = labels_shown(held_out, held_seen)
    guessed = trees(statistics(train, seen, happened), present(train), statistics(held_out, held_seen, held_happened))
    ceilings = {"found if and only if it shows": shown.astype(float), "boosted trees on all that shows": guessed}
    budgets = {"scripted": budget(held_out, ScriptedPolicy())}
    found = {}
    if options.run:
        run = load_run(options.run)
        budgets["run"], found = judged(held_out, run)
    given = " ".join(Path(a).name if Path(a).exists() else a for a in sys.argv[1:])
    document = {
        "schema_version": 1,
        "dreamctl": __version__,
        "command": f"python plugins/bounce/benchmarks/ceiling.py {given}",
        "programs": len(held_out),
        "episodes": options.episodes,
        "ceilings": [
            {"name": name, "labels": group, **headline(p[:, columns], truth[:, columns])}
            for name, p in ceilings.items()
            for group, columns in GROUPS.items()
        ],
        "broken": broken(truth, shown, guessed),
        "labels": {label: row(i, truth, shown, guessed, budgets, found) for i, label in enumerate(LABELS)},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(document, indent=1) + "\n")


# --- players ------------------------------------------------------------------------------------------------------


class Sparing(ScriptedPolicy):
    """The script with few keys: where a key scores, a game with many is over before a ball has met anything.

    Each trial draws how often a key is pressed at all, and whether only one of the two ever is.
    """

    SHARES = (0.0, 0.03, 0.1, 0.3, 0.6, 1.0)

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def start(self, batch: int, condition: Any = None) -> Any:
        share = self.rng.choice(self.SHARES, batch)
        return super().start(batch), share, self.rng.integers(4, size=batch)

    def act(self, seen: Any, memory: Any, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Any]:
        script, share, only = memory
        actions, script = super().act(seen, script, uniform)
        pressed = (np.mod(uniform * 7127, 1) < share) & ((only > 1) | (actions == only))
        return np.where(pressed, actions, STAY), (script, share, only)


def long_budget_players() -> list[Policy]:
    """Who plays in turn, eight episodes at a time."""
    learned = load_run(WEIGHTS).player.explorer()
    return [ScriptedPolicy(), Sparing(1), learned, Sparing(2), RandomPolicy(len(ACTIONS)), Sparing(3)]


# --- the log ------------------------------------------------------------------------------------------------------


def log(tasks: Sequence[Task], players: Sequence[Policy], episodes: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which facts [B, F] show in that many episodes of each program, and which events [B, E] happen."""
    seen, happened = [], []
    environment = bounce()
    columns = [environment.features.index(name) for name in SEEN_EVENTS]
    for shard in shards(tasks):
        watcher = Watcher([task.params for task in shard])
        shows = np.zeros((len(shard), len(FACTS)), bool)
        events = np.zeros((len(shard), len(SEEN_EVENTS)), bool)
        for turn in range(-(-episodes // environment.exploration_episodes)):
            seeds = keys(np.arange(len(shard)).astype(np.uint64), turn)
            (played,) = explore(environment, players[turn % len(players)], shard, seeds, rows=SHARD)
            shows |= watcher.shows(played, ~shows).any(1)
            events |= (played.observation[..., columns] > 0).any(1)
        seen.append(shows)
        happened.append(events)
    return np.concatenate(seen), np.concatenate(happened)


def shards(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    for first in range(0, len(tasks), SHARD):
        yield tasks[first : first + SHARD]


def labels_shown(tasks: Sequence[Task], seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the labels that are present show, given the facts that do: [B, L]."""
    wrong = complaints(LABELS, [task.params for task in tasks])
    return (wrong & seen[:, None]).any(2) & (present(tasks) > 0)


def present(tasks: Sequence[Task]) -> NDArray[np.float32]:
    return np.array([[task.labels[label] for label in LABELS] for task in tasks], np.float32)


def statistics(tasks: Sequence[Task], seen: NDArray[np.bool_], happened: NDArray[np.bool_]) -> NDArray[np.float32]:
    """All that shows: 1 or -1 for a fact that is seen to be so or not, 0 where it is hidden; and what happened."""
    values = np.where(values_of([task.params for task in tasks]), 1, -1)
    return np.concatenate([values * seen, happened], 1).astype(np.float32)


# --- ceilings -----------------------------------------------------------------------------------------------------


def trees(x: NDArray[Any], y: NDArray[Any], held_x: NDArray[Any]) -> NDArray[np.float64]:
    """Probability of each label [B, L] by boosted trees, one forest a label."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    def fitted(target: NDArray[Any]) -> NDArray[np.float64]:
        if target.sum() < LEAST:
            return np.full(len(held_x), target.mean())
        model = HistGradientBoostingClassifier(
            max_leaf_nodes=15, min_samples_leaf=5, l2_regularization=1.0, random_state=0
        )
        return model.fit(x, target).predict_proba(held_x)[:, 1]

    return np.stack([fitted(target) for target in y.T], 1)


def headline(probability: NDArray[Any], truth: NDArray[Any]) -> dict[str, float]:
    measures = rubric_measures(probability, truth, [str(i) for i in range(truth.shape[1])])
    return {name: measures[name] for name in ("accuracy", "macro_f1", "micro_f1", "exact")}


def broken(truth: NDArray[Any], shown: NDArray[np.bool_], guessed: NDArray[np.float64]) -> dict[str, float]:
    """Telling programs with any label from those without."""
    wrong = truth.any(1)
    return {
        "share": float(wrong.mean()),
        "nothing_shows": float((wrong & ~shown.any(1)).sum() / wrong.sum()),
        "accuracy_if_shown": float((shown.any(1) == wrong).mean()),
        "accuracy_of_trees": float(((guessed >= 0.5).any(1) == wrong).mean()),
    }


# --- a few episodes -----------------------------------------------------------------------------------------------


def budget(tasks: Sequence[Task], policy: Policy) -> dict[int, NDArray[np.bool_]]:
    """Which present labels [B, L] show within 1, 2 and 8 episodes."""
    parts: dict[int, list[NDArray[np.bool_]]] = {count: [] for count in BUDGETS}
    for shard in shards(tasks):
        (played,) = explore(bounce(), policy, shard, trial_seeds(shard), rows=SHARD)
        shows = watch(shard, played)
        for count in BUDGETS:
            within = (shows & (played.episode < count)[..., None]).any(1)
            parts[count].append(labels_shown(shard, within))
    return {count: np.concatenate(part) for count, part in parts.items()}


def judged(tasks: Sequence[Task], run: Run) -> tuple[dict[int, NDArray[np.bool_]], dict[int, NDArray[np.bool_]]]:
    """What a run's explorer shows, and what its judge then finds present: two times [B, L] by number of episodes."""
    assert run.judge is not None
    assert run.rubric is not None
    shown: dict[int, list[Any]] = {count: [] for count in BUDGETS}
    found: dict[int, list[Any]] = {count: [] for count in BUDGETS}
    columns = [run.rubric.keys.index(label) if label in run.rubric.keys else -1 for label in LABELS]
    for shard in shards(tasks):
        (played,) = explore(run.environment, run.player.explorer(), shard, trial_seeds(shard), rows=SHARD)
        shows = watch(shard, played)
        for count in BUDGETS:
            inside = played.episode < count
            shown[count].append(labels_shown(shard, (shows & inside[..., None]).any(1)))
            upto = cut(played, (inside & played.valid).sum(1) - 1)
            verdicts = run.judge.probabilities(upto) >= 0.5
            found[count].append(np.where(np.array(columns) >= 0, verdicts[:, columns], False))
    return tuple({k: np.concatenate(v) for k, v in d.items()} for d in (shown, found))  # type: ignore[return-value]


def watch(tasks: Sequence[Task], played: Any) -> NDArray[np.bool_]:
    programs = [task.params for task in tasks]
    wanted = complaints(LABELS, programs) & (present(tasks) > 0)[..., None]
    return Watcher(programs).shows(played, wanted.any(1))


def trial_seeds(tasks: Sequence[Task]) -> NDArray[np.uint64]:
    return keys(np.arange(len(tasks)).astype(np.uint64), 1_000_003)


def row(
    i: int,
    truth: NDArray[Any],
    shown: NDArray[np.bool_],
    guessed: NDArray[np.float64],
    budgets: dict[str, dict[int, NDArray[np.bool_]]],
    found: dict[int, NDArray[np.bool_]],
) -> dict[str, Any]:
    """A label's line: shares are of the programs in which it is present."""
    so = truth[:, i] > 0
    if not so.any():
        return {"present": 0}
    by_trees = rubric_measures(guessed[:, [i]], truth[:, [i]], [""])["labels"][""]
    return {
        "present": int(so.sum()),
        "can_be_seen": float(shown[so, i].mean()),
        "trees": {name: by_trees[name] for name in ("f1", "recall", "precision")},
        "shown": {
            name: {str(count): float(part[so, i].mean()) for count, part in by_count.items()}
            for name, by_count in budgets.items()
        },
        "found": {str(count): float(part[so, i].mean()) for count, part in found.items()},
    }


if __name__ == "__main__":
    main()
