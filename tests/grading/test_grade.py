import json

import numpy as np
import pytest
from attrs import evolve

from dreamctl.errors import InputError, RunError, UsageError
from dreamctl.grading.grade import check_known, grade, grader, read_submissions
from dreamctl.records import Inspection, Item, Rubric, Submission
from dreamctl.runs.directory import load_run
from dreamctl.runs.judging import FittedJudge
from dreamctl.simulation.simulator import OVER_LIMIT

PROGRAMS = [
    {"id": "fine", "broken": [False, False]},
    {"id": "first", "broken": [True, False]},
    {"id": "torn"},
    {"id": "both", "broken": [True, True]},
    {"id": "on fire", "broken": [False, True], "crashing": True},
    {"id": "copy of first", "broken": [True, False]},
]


@pytest.fixture
def run(trained):
    return load_run(trained())


@pytest.fixture
def submissions(run, tmp_path):
    path = tmp_path / "programs.json"
    path.write_text(json.dumps(PROGRAMS))
    return read_submissions(run, [path])


def by_name(batches):
    return {each.submission: each for batch in batches for each in batch}


def test_every_program_gets_the_grade_it_deserves(run, submissions):
    grades = by_name(grade(grader(run), submissions))
    assert {name: g.status for name, g in grades.items()} == {
        "fine": "graded",
        "first": "graded",
        "torn": "not_gradable",
        "both": "graded",
        "on fire": "error",
        "copy of first": "graded",
    }
    assert {name: g.score for name, g in grades.items()} == {
        "fine": 3,
        "first": 2,
        "torn": None,
        "both": 0,
        "on fire": None,
        "copy of first": 2,
    }
    assert [item.verdict for item in grades["first"].labels.values()] == ["present", "absent"]
    assert grades["torn"].error == ("not_gradable", "programs.json, program torn: it has no lamps.")
    assert grades["on fire"].error == ("simulator", "the lamp shop caught fire")


def test_a_grade_does_not_depend_on_what_is_graded_with_it(run, submissions):
    together = by_name(grade(grader(run), submissions))
    for order in (submissions[::-1], *([each] for each in submissions)):
        for name, each in by_name(grade(grader(run), order)).items():
            assert each == together[name]


def test_the_same_program_is_played_once_and_graded_the_same(run, submissions, monkeypatch):
    played, explorations = [], FittedJudge.explorations

    def counted(self, environment, policy, tasks, seeds, **options):
        played.extend(tasks)
        return explorations(self, environment, policy, tasks, seeds, **options)

    monkeypatch.setattr(FittedJudge, "explorations", counted)
    grades = by_name(grade(grader(run), submissions))
    once = [task.key for task in played if task.key != "lamps-on fire"]
    assert sorted(once) == sorted(f"lamps-{name}" for name in ("fine", "first", "both"))
    assert len(played) == len(once) + 2, "what we fail to play is tried once more"
    assert grades["first"] == evolve(grades["copy of first"], submission="first")


def test_an_exception_while_playing_is_our_fault_and_the_others_go_on(run, submissions):
    good = by_name(grade(grader(run), submissions))
    bad = Submission(id="bad", task=evolve(submissions[0].task, key="bad", params=("what is this?",)))
    grades = by_name(grade(grader(run), [*submissions, bad]))
    assert grades.pop("bad").status == "error"
    assert grades == good


def test_other_rubrics_over_the_same_labels_change_what_counts(run, submissions):
    either = Rubric(
        name="either",
        environment="lamps",
        max_score=10,
        items=[Item(key="any", points=4, labels=("lamp-0", "lamp-1")), Item(key="lamp-1", points=1)],
    )
    grades = by_name(grade(grader(run, rubric=either), submissions))
    assert {name: g.score for name, g in grades.items() if g.score is not None} == {
        "fine": 10,
        "first": 6,
        "both": 5,
        "copy of first": 6,
    }
    with pytest.raises(UsageError, match="judge does not tell 'lamp-7'; it tells lamp-0, lamp-1"):
        grader(run, rubric=Rubric(name="x", environment="lamps", items=[Item(key="lamp-7")]))


def test_what_a_present_item_excludes_is_absent_and_costs_nothing(run, submissions):
    first = Item(key="lamp-0", points=1, excludes=["lamp-1"])
    gated = Rubric(name="gated", environment="lamps", items=[first, Item(key="lamp-1", points=2)])
    own, found = (by_name(grade(grader(run, rubric=rubric), submissions)) for rubric in (None, gated))
    assert [item.verdict for item in own["both"].labels.values()] == ["present", "present"]
    assert [item.verdict for item in found["both"].labels.values()] == ["present", "absent"]
    assert (found["both"].score, found["first"].score, found["fine"].score) == (2, 2, 3)
    assert found["both"].labels["lamp-1"].evidence is None
    for name, each in found.items():
        for key, item in each.labels.items():
            assert item.probability == own[name].labels[key].probability


def test_an_item_is_what_its_labels_say_whatever_it_is_called(run, submissions):
    swapped = Rubric(name="swapped", environment="lamps", items=[Item(key="lamp-0", labels=("lamp-1",), points=1)])
    own = by_name(grade(grader(run), submissions))
    for name, each in by_name(grade(grader(run, rubric=swapped), submissions)).items():
        if each.status == "graded":
            assert each.labels["lamp-0"].probability == own[name].labels["lamp-1"].probability


def test_it_abstains_where_the_risk_is_too_great_and_takes_no_points(run, submissions):
    sure = by_name(grade(grader(run, abstain=0.5), submissions))
    shy = by_name(grade(grader(run, abstain=0.0), submissions))
    for name in ("fine", "first", "both"):
        assert {item.verdict for item in shy[name].labels.values()} == {"abstained"}
        assert shy[name].score == 3
        assert "abstained" not in {item.verdict for item in sure[name].labels.values()}
        for key, item in sure[name].labels.items():
            assert item.probability == shy[name].labels[key].probability


def test_present_items_have_evidence_and_others_have_none(run, submissions):
    for each in by_name(grade(grader(run), submissions)).values():
        for item in each.labels.values():
            assert (item.evidence is not None) == (item.verdict == "present")
    for each in by_name(grade(grader(run, evidence=False), submissions)).values():
        assert all(item.evidence is None for item in each.labels.values())


def test_labels_never_reach_the_player_or_the_judge(run, submissions):
    lying = [
        evolve(s, task=evolve(s.task, labels={"lamp-0": True, "lamp-1": True}, identifier=(9,))) if s.task else s
        for s in submissions
    ]
    assert by_name(grade(grader(run), lying)) == by_name(grade(grader(run), submissions))


def test_runs_that_cannot_grade_and_paths_that_hold_nothing_are_refused(run, trained, tmp_path):
    with pytest.raises(RunError, match="it is answered by returns"):
        grader(load_run(trained("doors")))
    with pytest.raises(InputError, match="no such file or folder"):
        read_submissions(run, [tmp_path / "nothing"])
    empty = tmp_path / "empty.json"
    empty.write_text("[]")
    with pytest.raises(InputError, match="there is no program in it"):
        read_submissions(run, [empty])
    with pytest.raises(UsageError, match="it reads no submissions"):
        read_submissions(load_run(trained("doors")), [empty])


def test_probabilities_are_those_of_the_run_s_judge(run, submissions):
    grades = by_name(grade(grader(run), submissions))
    values = [item.probability for item in grades["both"].labels.values()]
    assert np.all(np.array(values) > 0.8)


def test_the_same_name_in_two_places_stays_two_submissions(run, tmp_path):
    for class_ in ("monday", "tuesday"):
        (tmp_path / f"{class_}.json").write_text(json.dumps([PROGRAMS[0], {**PROGRAMS[1], "id": class_}]))
    paths = [tmp_path / "monday.json", tmp_path / "tuesday.json"]
    found = [submission.id for submission in read_submissions(run, paths)]
    assert found == [f"{paths[0]}/fine", "monday", f"{paths[1]}/fine", "tuesday"]


def with_environment(run, **changes):
    return evolve(run, parts=evolve(run.parts, environment=evolve(run.environment, **changes)))


def test_what_is_plain_to_see_overrules_the_judge(run, submissions):
    items = [item.key for item in run.rubric.items]

    def inspect(params):
        return [Inspection(labels={items[1]: True}) for _ in params]

    plain = by_name(grade(grader(run), submissions))
    looked = by_name(grade(grader(with_environment(run, inspect=inspect)), submissions))
    for name in ("fine", "first", "both"):
        assert looked[name].labels[items[1]].verdict == "present"
        assert looked[name].labels[items[1]].probability > 0.999
        assert looked[name].labels[items[0]] == plain[name].labels[items[0]]


def test_a_program_that_would_not_start_is_not_played_and_has_no_score(run, submissions, monkeypatch):
    items = [item.key for item in run.rubric.items]
    played = []

    def inspect(params):
        problem = "line 3: there is no lamp"
        found = [Inspection(), Inspection(labels={items[0]: True}, problem=problem)]
        return [found[any(broken)] for broken, _ in params]

    explorations = FittedJudge.explorations

    def counted(self, environment, policy, tasks, seeds, **options):
        played.extend(task.key for task in tasks)
        return explorations(self, environment, policy, tasks, seeds, **options)

    monkeypatch.setattr(FittedJudge, "explorations", counted)
    grades = by_name(grade(grader(with_environment(run, inspect=inspect)), submissions))
    assert played == ["lamps-fine"]
    assert grades["fine"].status == "graded"
    assert grades["first"].status == "not_gradable"
    assert grades["first"].error == ("not_gradable", "line 3: there is no lamp")
    assert {key: item.verdict for key, item in grades["first"].labels.items()} == {items[0]: "present"}
    assert grades["first"].score is None


def test_a_program_that_is_stopped_while_it_is_played_has_no_score_and_says_why(run, submissions):
    task = evolve(submissions[0].task, key="stopped", params=((False, False), OVER_LIMIT))
    grades = by_name(grade(grader(run), [*submissions, Submission(id="stopped", task=task)]))
    assert grades["stopped"].status == "not_gradable"
    assert grades["stopped"].error == (
        "not_gradable",
        "It was stopped while it was played. the lamp shop caught fire",
    )
    assert grades["stopped"].score is None
    assert grades["fine"].status == "graded"


def test_a_program_of_which_too_little_was_seen_has_no_score_but_what_is_plain_to_see(run, submissions):
    items = [item.key for item in run.rubric.items]

    def unplayed(observations):
        assert observations.ndim == 2
        return "" if observations[:, 0].any() else "the first lamp was never lit"

    environment = {"unplayed": unplayed, "inspect": lambda params: [Inspection(labels={items[0]: True})] * len(params)}
    grades = by_name(grade(grader(with_environment(run, **environment)), submissions))
    assert grades["fine"].status == "graded"
    assert grades["first"].error == ("not_gradable", "the first lamp was never lit")
    assert list(grades["first"].labels) == items[:1]
    assert grades["first"].score is None


def test_known_programs_stop_the_grading_only_where_they_are_graded_wrongly(run, submissions):
    known = [s.task for s in submissions if s.id in ("fine", "both")]
    check_known(grader(with_environment(run, known=lambda: known)))
    items = [item.key for item in run.rubric.items]
    lying = [evolve(known[0], labels={items[0]: True})]
    with pytest.raises(RunError, match=f"known program 'lamps-fine' is graded wrongly: '{items[0]}' is said to be abs"):
        check_known(grader(with_environment(run, known=lambda: lying)))
    unknown = [evolve(known[0], labels={})]
    check_known(grader(with_environment(run, known=lambda: unknown)))
    burning = [s.task for s in submissions if s.id == "on fire"]
    with pytest.raises(RunError, match="could not be graded: the lamp shop caught fire"):
        check_known(grader(with_environment(run, known=lambda: burning)))
