"""`benchmarks/lecture.py`: it runs, goes on, counts what algorithms need, and the documentation shows what it found."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import attrs
import numpy as np
import pytest
from PIL import Image

from dreamctl.errors import UsageError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def lecture(monkeypatch):
    """The benchmark as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import lecture

    return lecture


def test_a_rehearsal_ends_in_a_document_pictures_and_a_table_and_goes_on_where_it_was(lecture, tmp_path, monkeypatch):
    of_two = {
        name: attrs.evolve(each, explorers="dream,posterior")
        for name, each in lecture.PARTS["hallways"].items()
        if name == "n8"
    }
    monkeypatch.setitem(lecture.PARTS, "hallways", of_two)
    words = [str(tmp_path), "--quick", "--only", "hallways", "--workers", "0"]
    lecture.main(words)
    path = tmp_path / "results" / "hallways.json"
    found = json.loads(path.read_text())
    dream, posterior = found["comparisons"]["n8"]["explorers"]
    assert dream["options"]["warmup"] == 0.0
    assert posterior["sights"]["sign"] == 0.0  # sampling never looks at it
    assert found["cost"]["posterior"]["steps"] == {"8": None}
    assert found["commit"]
    for name in ("hallways", "cost", "hallways-explorations"):
        with Image.open(tmp_path / "images" / "lecture" / f"{name}.png") as picture:
            assert np.asarray(picture.convert("L")).std() > 5  # not blank
    lines = runpy.run_path(str(ROOT / "docs" / "figures.py"))["table"]("hallways", tmp_path / "results")
    assert any(line.startswith("| `dream` |") for line in lines)

    measured = {each: each.stat().st_mtime_ns for each in tmp_path.glob("*/measured/*.json")}
    lecture.main(words)
    assert measured == {each: each.stat().st_mtime_ns for each in measured}
    assert without_seconds(json.loads(path.read_text())) == without_seconds(found)


def without_seconds(found):
    return json.loads(json.dumps(found), object_hook=lambda part: {k: v for k, v in part.items() if "seconds" not in k})


def test_every_comparison_asks_for_what_there_is(lecture, tmp_path):
    """Every explorer and every setting is known: a comparison that is misspelt is refused before anything runs."""
    from click.testing import CliRunner

    from dreamctl.cli.compare import command

    for part, comparisons in lecture.PARTS.items():
        for comparison in comparisons.values():
            words = comparison.words(tmp_path / part, seeds=3, workers=0, quick=False)[1:]
            with pytest.raises(UsageError, match="nonsense"):  # the last that is looked for, when all else is found
                CliRunner().invoke(command, [*words, "--set", "nonsense=1"], catch_exceptions=False)


def test_what_grows_as_n_log_n_has_the_slope_of_n_log_n_and_who_never_gets_there_has_none(lecture):
    def explorer(name, steps):
        return {"name": name, "steps_to": {"median": steps}}

    comparisons = {
        f"n{n}": {"explorers": [explorer("dream", 100 * n * np.log(n)), explorer("rl2", None)]} for n in (2, 4, 8, 16)
    }
    found = lecture.cost(comparisons)
    assert found["dream"]["slope"] == found["dream"]["slope_of_n_log_n"]
    assert "slope" not in found["rl2"]
