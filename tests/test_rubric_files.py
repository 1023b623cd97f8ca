from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve

from dreamctl import InputError, Item, Rubric, Task
from dreamctl.runs.columns import columns_of

HEAD = 'name = "r"\nenvironment = "e"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD, "at least one item"),
        (HEAD + 'items = "abc"', r"begin each with \[\[items\]\]"),
        ('name = "r"\nenvironment = 3\n[[items]]\nkey = "a"', "'environment' is a text"),
        ('name = "r"\n[[items]]\nkey = "a"', "'environment' is missing"),
        (HEAD + '[[items]]\nkey = "a"\npoints = "two"', "item 1: 'points' is a number"),
        (HEAD + '[[items]]\nkey = "a"\npoints = nan', "item 1: 'points' is a number"),
        (HEAD + '[[items]]\nkey = "a"\nlabels = "ab"', "item 1: 'labels' is a list of texts"),
        (HEAD + '[[items]]\nkey = "a"\nmark = 1', "'mark' is not a setting"),
    ],
)
def test_a_rubric_file_that_is_not_one_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "rubric.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=sentence):
        Rubric.from_toml(file)


BASE = Rubric(
    name="all",
    environment="p/e",
    items=[
        Item(key="a", title="A", points=1, feedback="Mend a.", excludes=["b", "c", "d"]),
        Item(key="b", title="B", points=2, feedback="Mend b.", excludes=["d"]),
        Item(key="c", title="C", points=3, feedback="Mend c.", excludes=["d"]),
        Item(key="d", title="D", points=4, feedback="Mend d."),
    ],
)


def course(tmp_path: Path, text: str) -> Rubric:
    file = tmp_path / "course.toml"
    file.write_text(text if text.startswith("name") else f'name = "course"\nbase = "all"\n{text}')
    return Rubric.from_toml(file, {"all": BASE})


def excludes(rubric: Rubric) -> dict[str, tuple[str, ...]]:
    return {item.key: item.excludes for item in rubric.items}


def test_a_rubric_with_a_base_and_nothing_else_is_its_base(tmp_path: Path) -> None:
    found = course(tmp_path, "")
    assert (found.name, found.environment) == ("course", BASE.environment)
    assert found.items == BASE.items


def test_what_is_dropped_is_gone_and_the_others_are_as_they_were(tmp_path: Path) -> None:
    found = course(tmp_path, 'drop = ["b"]')
    assert excludes(found) == {"a": ("c", "d"), "c": ("d",), "d": ()}
    kept = [item for item in BASE.items if item.key != "b"]
    assert [evolve(item, excludes=()) for item in found.items] == [evolve(item, excludes=()) for item in kept]


def test_a_change_says_only_what_is_different(tmp_path: Path) -> None:
    found = course(tmp_path, '[[items]]\nkey = "b"\npoints = 9\ntitle = "Bee"')
    assert found.items == tuple(evolve(item, points=9, title="Bee") if item.key == "b" else item for item in BASE.items)


def test_a_merged_item_takes_the_place_of_its_parts_and_is_true_if_any_of_them_is(tmp_path: Path) -> None:
    found = course(tmp_path, '[[items]]\nkey = "bc"\nlabels = ["b", "c"]')
    assert found.keys == ("a", "bc", "d")
    assert found.items[1].points == 3  # the dearest of its parts, where nothing is said
    tasks = [
        Task(key=f"{n}", params=None, labels=dict(zip("abcd", map(bool, bits), strict=True)))
        for n, bits in enumerate(product([0, 1], repeat=4))
    ]
    parts, merged = BASE.targets(tasks), found.targets(tasks)
    assert (merged[:, 1] == parts[:, 1:3].max(1)).all()
    assert (merged[:, [0, 2]] == parts[:, [0, 3]]).all()


def test_exclusions_hold_for_a_merged_item_where_they_hold_for_all_its_parts(tmp_path: Path) -> None:
    assert excludes(course(tmp_path, '[[items]]\nkey = "bc"\nlabels = ["b", "c"]')) == {
        "a": ("bc", "d"),
        "bc": ("d",),
        "d": (),
    }
    assert excludes(course(tmp_path, '[[items]]\nkey = "ab"\nlabels = ["a", "b"]')) == {
        "ab": ("d",),  # a excludes c too, but b does not
        "c": ("d",),
        "d": (),
    }
    assert excludes(course(tmp_path, '[[items]]\nkey = "x"\nlabels = ["a", "foreign"]')) == {
        "x": (),  # what 'foreign' excludes is not known
        "b": ("d",),
        "c": ("d",),
        "d": (),
    }


def test_a_renamed_item_keeps_its_exclusions_and_its_own_are_taken_as_written(tmp_path: Path) -> None:
    found = course(tmp_path, '[[items]]\nkey = "first"\nlabels = ["a"]\n[[items]]\nkey = "c"\nexcludes = ["first"]')
    assert excludes(found) == {"first": ("b", "c", "d"), "b": ("d",), "c": ("first",), "d": ()}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('drop = ["bb"]', "No item of the base named 'bb'.*Did you mean 'b'"),
        ('drop = ["b"]\n[[items]]\nkey = "b"', "both dropped and changed"),
        ("drop = 3", "'drop' is a list of texts"),
        ('[[items]]\nkey = "b"\n[[items]]\nkey = "b"', "'b' is there 2 times"),
        ("[[items]]\npoints = 3", "item 1: 'key' is missing"),
        ('[[items]]\nkey = "b"\nexcludes = ["z"]', "No item named 'z'"),
        ('name = "x"\nbase = "al"', "No rubric named 'al'.*Did you mean 'all'"),
        ('name = "x"\nenvironment = "e"\ndrop = ["a"]\n[[items]]\nkey = "a"', "for a rubric with a 'base'"),
    ],
)
def test_a_course_rubric_that_does_not_fit_its_base_is_refused_in_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        course(tmp_path, text)


def test_a_base_is_a_plugin_s_so_reading_it_alone_says_how(tmp_path: Path) -> None:
    file = tmp_path / "course.toml"
    file.write_text('name = "x"\nbase = "all"')
    with pytest.raises(InputError, match="find_rubric"):
        Rubric.from_toml(file)


def test_a_dropped_item_changes_no_other_probability_and_a_merged_one_none_but_its_parts(tmp_path: Path) -> None:
    judged = np.random.default_rng(0).random((30, 4))
    own = columns_of(BASE, BASE).probabilities(judged)
    assert (own == judged).all()
    dropped = columns_of(course(tmp_path, 'drop = ["b"]'), BASE).probabilities(judged)
    assert (dropped == judged[:, [0, 2, 3]]).all()
    merged = columns_of(course(tmp_path, '[[items]]\nkey = "bc"\nlabels = ["b", "c"]'), BASE).probabilities(judged)
    assert (merged[:, [0, 2]] == judged[:, [0, 3]]).all()
    assert np.allclose(1 - merged[:, 1], (1 - judged[:, 1]) * (1 - judged[:, 2]))
    assert (merged[:, 1] >= judged[:, 1:3].max(1)).all()
