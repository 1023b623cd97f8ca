from __future__ import annotations

from pathlib import Path

import pytest

from dreamctl import InputError, Rubric

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
