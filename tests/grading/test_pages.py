"""Pages say what the rows say, play what was seen, and are harmless whatever a program is called."""

import json
import re
from html.parser import HTMLParser

import attrs
import numpy as np
import pytest

from dreamctl.grading import grade as grading
from dreamctl.grading.files import grade_into
from dreamctl.grading.grade import grader, read_submissions
from dreamctl.grading.pages import NAME, name_of, percent
from dreamctl.records import Item, Rubric, Submission
from dreamctl.replay.trace import Clip, numbers, replay
from dreamctl.runs.directory import load_run

PROGRAMS = [
    *({"id": f"p{n}", "broken": [n % 2 == 0, n % 3 == 0]} for n in range(6)),
    {"id": "torn"},
    {"id": "on fire", "broken": [True, True], "crashing": True},
]
HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "../../etc/passwd",
    "a/b\\c:d*?",
    "\u2028`${1}`\x00\ud800",
    "",
    ".",
    "ä" * 300,
]


@pytest.fixture
def run(trained):
    return load_run(trained())


@pytest.fixture
def submissions(run, tmp_path):
    path = tmp_path / "programs.json"
    path.write_text(json.dumps(PROGRAMS))
    return read_submissions(run, [path])


class Page(HTMLParser):
    """A page as a reader sees it: the texts outside scripts, its elements, and its JSON documents."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.texts, self.documents, self.inside = [], [], {}, None
        self.feed(path.read_text("utf-8"))
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = (tag, dict(attributes)) if tag in ("script", "style") else None

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside is None:
            self.texts.append(data)
        elif "id" in self.inside[1]:
            self.documents[self.inside[1]["id"]] = json.loads(data)


def files(directory):
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_a_page_says_what_its_row_says(run, submissions, tmp_path):
    rubric = attrs.evolve(
        run.rubric, items=[attrs.evolve(i, feedback=f"Mend {i.key} & go on.") for i in run.rubric.items]
    )
    for row in grade_into(tmp_path / "out", grader(run, rubric=rubric), submissions):
        page = Page(tmp_path / "out" / "pages" / name_of(row))
        assert str(row["submission"]) in page.text
        if row["status"] != "graded":
            assert row["error"]["sentence"] in page.text
            continue
        assert f"{row['score']:g} of {row['max_score']:g} points" in page.text
        present = [item for item in rubric.items if row["labels"][item.key]["verdict"] == "present"]
        assert f"{len(present)} to fix" in page.text
        for item in rubric.items:
            found = row["labels"][item.key]
            assert item.title in page.text
            assert percent(found["probability"]) in page.text
            assert (item.feedback in page.text) == (item in present)
        replays = {attributes.get("data-item") for tag, attributes in page.tags if tag == "figure"}
        assert replays == {item.key for item in present}


def test_a_page_replays_the_marked_moment_of_the_very_exploration(run, submissions, tmp_path):
    rows = grade_into(tmp_path / "out", grader(run), submissions)
    shown = 0
    for row, submission in zip(rows, submissions, strict=True):
        trace = Page(tmp_path / "out" / "pages" / name_of(row)).documents.get("trace", {"clips": [], "marks": {}})
        for key, (number, moment) in trace["marks"].items():
            clip, place = Clip(**trace["clips"][number]), row["labels"][key]["evidence"]
            assert (clip.episode, moment) == (place["episode"], place["step"] + 1)
            again = replay(run.environment, submission.task, clip)
            np.testing.assert_array_equal(numbers(clip), run.environment.drawing.numbers(again))
            shown += 1
    assert shown == sum(i["verdict"] == "present" for row in rows for i in row["labels"].values()) > 4


def test_the_page_of_the_class_lists_everybody_and_links_to_pages_that_are_there(run, submissions, tmp_path):
    rows = grade_into(tmp_path / "out", grader(run, abstain=0.2), submissions)
    page = Page(tmp_path / "out" / "index.html")
    table = page.documents["class"]["rows"]
    assert [line[0] for line in table] == [row["submission"] for row in rows]
    assert [line[3] for line in table] == [row["score"] for row in rows]
    keys = run.rubric.keys
    for line, row in zip(table, rows, strict=True):
        for place, verdict in ((4, "present"), (5, "abstained")):
            assert [keys[n] for n in line[place]] == [k for k, i in row["labels"].items() if i["verdict"] == verdict]
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a" and "/" in attributes.get("href", "")]
    assert links
    for link in [*links, *(f"pages/{line[1]}" for line in table)]:
        assert (tmp_path / "out" / link).is_file()
    assert "the lamp shop caught fire" in page.text
    assert "it has no lamps" in page.text


def test_pages_need_nothing_but_themselves(run, submissions, tmp_path):
    grade_into(tmp_path / "out", grader(run), submissions)
    for path in (tmp_path / "out").rglob("*.html"):
        page = Page(path)
        assert not [a for tag, a in page.tags if tag in ("script", "img", "iframe") and "src" in a]
        assert not [tag for tag, _ in page.tags if tag == "link"]
        assert "://" not in re.sub(r"\s", "", path.read_text("utf-8"))


def test_hostile_names_stay_text_and_stay_in_the_folder(run, submissions, tmp_path):
    hostile = [Submission(id=id_, task=submissions[n % 2].task) for n, id_ in enumerate(HOSTILE)]
    hostile += [Submission(id=f"{id_}!", problem=f"In {id_} is nothing.") for id_ in HOSTILE]
    rubric = Rubric(
        name="sly",
        environment="lamps",
        items=[Item(key=i.key, title=f"</script><b>{i.key}", feedback="<b>&", points=1) for i in run.rubric.items],
    )
    rows = grade_into(tmp_path / "deep" / "out", grader(run, rubric=rubric), hostile)
    pages = [tmp_path / "deep" / "out" / "pages" / name_of(row) for row in rows]
    for path in (*pages, tmp_path / "deep" / "out" / "index.html"):
        page = Page(path)
        assert {tag for tag, _ in page.tags}.isdisjoint({"img", "iframe", "object"})
        assert sum(tag == "script" and "type" not in a for tag, a in page.tags) <= 1
        assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    for row, path in zip(rows, pages, strict=True):
        assert NAME.fullmatch(path.name)
        assert sum(tag == "b" for tag, _ in Page(path).tags) == (row["status"] == "graded")  # the score's own
    written = list((tmp_path / "deep").rglob("*.html"))
    assert len(written) == len({name_of(row) for row in rows}) + 1
    assert {path.parent.name for path in written} == {"out", "pages"}


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8, 1.0])
def test_a_killed_and_resumed_grading_writes_the_same_pages(run, submissions, tmp_path, share):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for out in (whole, killed):
        grade_into(out, grader(run), submissions)
    lines = (killed / "grades.jsonl").read_bytes()
    (killed / "grades.jsonl").write_bytes(lines[: int(share * len(lines))])
    pages = sorted((killed / "pages").iterdir())
    for path in pages[: len(pages) // 2]:
        path.unlink()
    (killed / "index.html").unlink()
    grade_into(killed, grader(run), submissions, resume=True)
    assert files(killed) == files(whole)


def test_a_row_whose_page_is_there_is_not_graded_again(run, submissions, tmp_path, monkeypatch):
    rows = grade_into(tmp_path / "out", grader(run), submissions)
    (tmp_path / "out" / "pages" / name_of(rows[1])).unlink()
    played = []
    shard = grading._look_and_play
    monkeypatch.setattr(grading, "_look_and_play", lambda g, tasks: played.extend(tasks) or shard(g, tasks))
    assert grade_into(tmp_path / "out", grader(run), submissions, resume=True) == rows
    assert played == [submissions[1].task]


def test_the_page_of_a_program_that_was_changed_goes_away(run, submissions, tmp_path):
    grade_into(tmp_path / "out", grader(run), submissions[:2])
    (tmp_path / "out" / "pages" / "mine.html").write_text("mine")
    changed = attrs.evolve(submissions[0], task=submissions[2].task)
    rows = grade_into(tmp_path / "out", grader(run), [changed, submissions[1]], resume=True)
    left = {path.name for path in (tmp_path / "out" / "pages").iterdir()}
    assert left == {name_of(row) for row in rows} | {"mine.html"}


def test_without_pages_there_are_none(run, submissions, tmp_path):
    rows = grade_into(tmp_path / "out", grader(run), submissions, pages=False)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"grades.jsonl", "grades.csv", "grading.json"}
    assert rows == grade_into(tmp_path / "with", grader(run), submissions)
