"""Grading: play each submission, judge it, and say where the evidence is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from .. import __version__
from ..errors import InputError, RunError, UsageError
from ..records import Environment, Evidence, Grade, Inspection, Item, ItemGrade, Rubric, Submission, Task
from ..replay.trace import Trace, record
from ..runs import checkpoint, graded
from ..runs.columns import Columns, columns_of
from ..runs.directory import Run
from ..runs.inspecting import inspections, overruled
from ..runs.judging import TOGETHER
from ..runs.provenance import file_digest
from ..runs.seeding import program_hash
from ..sandbox import protection
from ..simulation.episodes import Episodes
from ..simulation.simulator import OUR_FAULT, OVER_LIMIT
from .evidence import find_evidence, frame_of, shown_by

FEW = 2  # programs that are graded at once where they are students' own code

Shard = Sequence[list[Submission]]


@frozen(kw_only=True)
class Grader:
    """How to grade: a trained run, a rubric whose items its judge can tell, and when to abstain.

    `risk`: a verdict with a greater probability of being wrong than this is not given.
    `traces`: what the evidence looked like is recorded with each grade.
    """

    run: Run
    columns: Columns
    risk: float
    seed: int
    evidence: bool = True
    traces: bool = False
    provenance: Mapping[str, Any] = field(factory=dict)

    @property
    def rubric(self) -> Rubric:
        return self.columns.rubric


def grader(
    run: Run,
    *,
    rubric: Rubric | None = None,
    abstain: float | None = None,
    seed: int | None = None,
    evidence: bool = True,
    traces: bool = False,
) -> Grader:
    """A grader from a run; `rubric` is the run's, and `abstain` what its validation programs ask for, by default."""
    if run.judge is None or run.rubric is None:
        reason = "its training has not ended" if run.environment.answer == "rubric" else "it is answered by returns"
        raise RunError(f"{run.directory}: it cannot grade, since {reason}.")
    if run.judge.reads_source:
        raise UsageError(
            f"{run.directory}: its classifier reads the program's text, so it is a control and gives no grades; "
            "measure it with `dreamctl evaluate`."
        )
    rubric = rubric or run.rubric
    columns = columns_of(rubric, run.rubric)
    seed = run.settings.seed if seed is None else seed
    return Grader(
        run=run,
        columns=columns,
        risk=run.judge.risk if abstain is None else abstain,
        seed=seed,
        evidence=evidence,
        traces=traces,
        provenance={
            "dreamctl": __version__,
            "plugin": run.parts.plugin.name,
            "plugin_version": run.parts.plugin.version,
            "environment": run.environment.name,
            "environment_version": run.environment.version,
            "rubric": rubric.name,
            "weights": file_digest(run.directory / checkpoint.TENSORS)[:16],
            "seed": seed,
            **({"sandbox": protection()} if run.environment.runs_student_code else {}),
        },
    )


def read_submissions(run: Run, paths: Iterable[Path]) -> list[Submission]:
    """Every program in the given files and folders, unreadable ones too; ids that clash get their path in front."""
    read = run.environment.read_submissions
    if read is None:
        raise UsageError(f"{run.environment.name}: it reads no submissions, so there is nothing it can grade.")
    found: list[tuple[Path, Submission]] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"Submissions {path}: there is no such file or folder.")
        here = [(path, submission) for submission in read(path)]
        if not here:
            raise InputError(f"Submissions {path}: there is no program in it.")
        found += here
    places = Counter(id_ for id_, _ in {(submission.id, path) for path, submission in found})
    return [s if places[s.id] == 1 else attrs.evolve(s, id=_with_path(s.id, path)) for path, s in found]


def _with_path(id_: str, path: Path) -> str:
    return str(path) if id_ == path.name else f"{path}/{id_}"


def grade(grader: Grader, submissions: Sequence[Submission]) -> Iterator[list[Grade]]:
    """Grades, some at a time: those that cannot be graded first, then a shard of programs after the other.

    Submissions of the same program share one exploration, whose seed depends on the program alone: a grade does not
    depend on what else is graded with it.
    """
    unreadable = not_gradable(grader, submissions)
    if unreadable:
        yield unreadable
    for shard in shards(programs(submissions), most=together(grader)):
        yield grade_shard(grader, shard)


def not_gradable(grader: Grader, submissions: Sequence[Submission]) -> list[Grade]:
    """The grades of those submissions that are no program."""
    return [_not_gradable(grader, submission) for submission in submissions if submission.task is None]


def programs(submissions: Iterable[Submission]) -> list[list[Submission]]:
    """The submissions of each program that can be played."""
    same: dict[int, list[Submission]] = {}
    for submission in submissions:
        if submission.task is not None:
            same.setdefault(program_hash(submission.task), []).append(submission)
    return list(same.values())


def together(grader: Grader) -> int:
    """How many programs are graded at once: few where students' own code runs, which is slow, and row after row."""
    return FEW if grader.run.environment.runs_student_code else TOGETHER


def shards(programs: Sequence[list[Submission]], workers: int = 1, most: int = TOGETHER) -> list[Shard]:
    """Programs dealt out evenly, as many shards to each worker, with at most `most` in each."""
    count = workers * -(-len(programs) // (workers * most))
    size = -(-len(programs) // max(count, 1))
    return [programs[first : first + size] for first in range(0, len(programs), max(size, 1))]


def grade_shard(grader: Grader, shard: Sequence[Sequence[Submission]]) -> list[Grade]:
    """Every submission's grade, program by program."""
    found = _grade_shard(grader, [_task(program) for program in shard])
    return [_named(grade, submission) for program, grade in zip(shard, found, strict=True) for submission in program]


def error_shard(grader: Grader, shard: Sequence[Sequence[Submission]], kind: str, sentence: str) -> list[Grade]:
    """The grades of submissions that we failed to play."""
    return [
        _named(_error(grader, _task(program), kind, sentence), submission)
        for program in shard
        for submission in program
    ]


def trial_seed(grader: Grader, submission: Submission) -> str | None:
    """The seed that the submission is played with, which depends on its program alone; None if it is not playable."""
    return None if submission.task is None else str(graded.trial_seed(grader.seed, submission.task))


def check_known(grader: Grader) -> None:
    """Grade the environment's `known` programs; RunError where one gets a wrong verdict."""
    environment, rubric = grader.run.environment, grader.rubric
    tasks = environment.known() if environment.known is not None else []
    for task, grade in zip(tasks, _grade_shard(grader, list(tasks)), strict=True):
        if grade.status != "graded":
            raise RunError(f"The known program '{task.key}' could not be graded: {grade.error and grade.error[1]}")
        for item in rubric.items:
            told = grade.labels.get(item.key)
            wrong = {1.0: "absent", 0.0: "present"}.get(item.truth(task.labels))
            if told is not None and told.verdict == wrong:
                raise RunError(
                    f"The known program '{task.key}' is graded wrongly: '{item.key}' is said to be {wrong}; "
                    "something is wrong with this run or this machine, so do not trust grades that are made here."
                )


# --- one shard ----------------------------------------------------------------------------------------------------

TRIES = 2  # how often a program is played before a failure of ours is its grade


def _grade_shard(grader: Grader, tasks: list[Task], tries: int = TRIES) -> list[Grade]:
    """A grade per program. Where playing raises, the shard is halved until the program that does it stands alone.

    What we failed to play is tried once more.
    """
    if not tasks:
        return []
    try:
        grades = _look_and_play(grader, tasks)
    except Exception as error:  # whatever went wrong is our fault, and the other programs go on
        if len(tasks) > 1:
            half = len(tasks) // 2
            return [*_grade_shard(grader, tasks[:half], tries), *_grade_shard(grader, tasks[half:], tries)]
        kind, text = type(error).__name__, " ".join(str(error).split())
        sentence = f"{kind} while it was played: {text or 'no more is known'}"
        grades = [_error(grader, tasks[0], kind, sentence)]
    again = [row for row, grade in enumerate(grades) if grade.status == "error"]
    if tries > 1:
        for row, grade in zip(again, _grade_shard(grader, [tasks[row] for row in again], tries - 1), strict=True):
            grades[row] = grade
    return grades


def _look_and_play(grader: Grader, tasks: list[Task]) -> list[Grade]:
    """Grades of programs; those that would not start are not played."""
    looked = inspections(grader.run.environment, tasks)
    starts = [row for row, seen in enumerate(looked) if seen.problem is None]
    played = _play_and_judge(grader, [tasks[row] for row in starts], [looked[row] for row in starts]) if starts else []
    grades = dict(zip(starts, played, strict=True))
    return [grades.get(row) or _without_play(grader, tasks[row], looked[row]) for row in range(len(tasks))]


def _play_and_judge(grader: Grader, tasks: list[Task], looked: list[Inspection]) -> list[Grade]:
    run, rubric = grader.run, grader.rubric
    assert run.judge is not None
    assert run.rubric is not None
    sentences: list[str] = []
    episodes = graded.graded_trials(run, tasks, grader.seed, sentences)
    raw = overruled(run.judge.probabilities(episodes), looked, run.rubric)  # [B, the run's items]
    probability = grader.columns.probabilities(raw)  # [B, L]
    verdicts = _verdicts(probability, grader.risk, rubric)
    present = [
        (row, item) for row, item in np.argwhere(verdicts == "present").tolist() if episodes.failure[row] != OUR_FAULT
    ]
    speaking = _speaking(grader, raw, present)
    plain = {(row, item) for row, item in present if rubric.items[item].truth(looked[row].labels) == 1}
    evidence = _evidence(grader, episodes, speaking, plain) if grader.evidence else {}
    traces = _traces(grader, episodes, evidence, speaking, plain)
    grades = []
    for row, task in enumerate(tasks):
        if episodes.failure[row] == OUR_FAULT:
            sentence = sentences[row] or "The simulator failed while it was played."
            grades.append(_error(grader, task, "simulator", sentence))
            continue
        problem = _unplayed(run.environment, episodes.rows(slice(row, row + 1)), sentences[row])
        if problem:
            grades.append(_without_play(grader, task, attrs.evolve(looked[row], problem=problem)))
            continue
        labels = {
            item.key: ItemGrade(
                probability=float(probability[row, i]),
                verdict=verdicts[row, i],
                evidence=evidence.get((row, i)),
                seen=_seen(item, looked[row]) if (row, i) in plain else "",
            )
            for i, item in enumerate(rubric.items)
        }
        grades.append(
            Grade(
                submission="",
                status="graded",
                labels=labels,
                score=float(rubric.score({k: g.verdict for k, g in labels.items()})),
                max_score=float(rubric.full_score),
                provenance=_provenance(grader, task),
                trace=traces[row],
            )
        )
    return grades


def _unplayed(environment: Environment, episodes: Episodes, sentence: str) -> str:
    """Why the exploration of one program is too little to judge it by: it was stopped, or showed nothing."""
    if episodes.failure[0] == OVER_LIMIT:
        return f"It was stopped while it was played. {sentence}".strip()
    if environment.unplayed is None:
        return ""
    return environment.unplayed(episodes.observation[episodes.valid])


def _verdicts(probability: NDArray[np.float64], risk: float, rubric: Rubric) -> NDArray[Any]:
    """[B, L] of present, absent, abstained; what a present item excludes is absent."""
    told = np.where(probability >= 0.5, "present", "absent").astype(object)
    told[np.minimum(probability, 1 - probability) > risk] = "abstained"
    standing = rubric.stand(told == "present", probability)
    excluded = standing.astype(np.int64) @ rubric.exclusions > 0
    told[excluded & ~standing] = "absent"
    return told


Pairs = Mapping[tuple[int, int], tuple[int, int]]


def _speaking(grader: Grader, raw: NDArray[np.float64], present: list[tuple[int, int]]) -> Pairs:
    """For each present item, by row and item, the row and the column that speaks for it most."""
    return {(row, item): (row, max(grader.columns.of_item[item], key=lambda c: raw[row, c])) for row, item in present}


def _evidence(
    grader: Grader, episodes: Episodes, speaking: Pairs, plain: Container[tuple[int, int]]
) -> dict[tuple[int, int], Evidence]:
    """Where each present item showed: what is `plain` to see before any play, at the very beginning."""
    run = grader.run
    assert run.judge is not None
    assert run.rubric is not None
    asked = list(dict.fromkeys(column for pair, column in speaking.items() if pair not in plain))
    found = find_evidence(run.judge, episodes, asked, shown_by(run.environment, run.rubric))
    start = Evidence(episode=0, step=0)
    return {pair: start if pair in plain else found[column] for pair, column in speaking.items()}


def _traces(
    grader: Grader,
    episodes: Episodes,
    evidence: Mapping[tuple[int, int], Evidence],
    speaking: Pairs,
    plain: Container[tuple[int, int]],
) -> list[Trace | None]:
    """What the evidence looked like, for each row."""
    if not grader.traces:
        return [None] * len(episodes)
    run, keys = grader.run, grader.rubric.keys
    assert run.judge is not None
    assert run.rubric is not None
    judge, shown = run.judge, shown_by(run.environment, run.rubric)
    of_row: list[dict[str, Evidence]] = [{} for _ in range(len(episodes))]
    for (row, item), place in evidence.items():
        of_row[row][keys[item]] = place

    def pin(row: int, key: str, before: NDArray[Any], seen: NDArray[Any], action: int) -> int | None:
        pair = row, keys.index(key)
        return -1 if pair in plain else frame_of(judge, speaking[pair][1], before, seen, action, shown)

    return [*record(run.environment, episodes, of_row, pin)]


def _seen(item: Item, looked: Inspection) -> str:
    """What was seen of an item before any play."""
    said = (looked.seen.get(label, "") for label in item.made_of if looked.labels.get(label))
    return " ".join(filter(None, said))


# --- rows ---------------------------------------------------------------------------------------------------------


def _task(submissions: Sequence[Submission]) -> Task:
    task = submissions[0].task
    assert task is not None
    return task


def _named(grade: Grade, submission: Submission) -> Grade:
    return attrs.evolve(grade, submission=submission.id, note=submission.note)


def _not_gradable(grader: Grader, submission: Submission) -> Grade:
    return Grade(
        submission=submission.id,
        status="not_gradable",
        error=("not_gradable", submission.problem or "It cannot be read as a program."),
        note=submission.note,
        max_score=float(grader.rubric.full_score),
        provenance=grader.provenance,
    )


def _without_play(grader: Grader, task: Task, looked: Inspection) -> Grade:
    """The grade of a program that nobody can play: of its items only those that are plain to see."""
    truth = {item.key: item.truth(looked.labels) for item in grader.rubric.items}
    labels = {
        key: ItemGrade(probability=so, verdict="present" if so else "absent")
        for key, so in truth.items()
        if not np.isnan(so)
    }
    grade = _not_gradable(grader, Submission(id="", problem=looked.problem))
    return attrs.evolve(grade, labels=labels, provenance=_provenance(grader, task))


def _error(grader: Grader, task: Task, kind: str, sentence: str) -> Grade:
    return Grade(
        submission="",
        status="error",
        error=(kind, sentence),
        max_score=float(grader.rubric.full_score),
        provenance=_provenance(grader, task),
    )


def _provenance(grader: Grader, task: Task) -> dict[str, Any]:
    """What a grade was made with."""
    return {**grader.provenance, "trial_seed": str(graded.trial_seed(grader.seed, task))}
