import pytest

from dreamctl.errors import RunError
from dreamctl.records import Item, Rubric
from dreamctl.runs.settings import Settings

RUBRIC = Rubric(
    name="r",
    environment="p/e",
    max_score=10,
    items=[Item(key="a", title='He said "no"\n\x7f\\', points=1.5, labels=("x", "y")), Item(key="b", excludes=("a",))],
)
FULL = Settings(
    plugin="a/path.py",
    environment="e",
    explorer="dream",
    classifier="responses",
    rubric=RUBRIC,
    tasks="größe.jsonl",
    steps=5,
    minutes=0.5,
    seed=-3,
    batch=7,
    replays=2,
    controls=False,
    threads=2,
    device="cuda",
    options={"rate": 1e-05, "wide": True, "classifier.trees": 3, "name": "x", "sizes": [1, 2]},
)


@pytest.mark.parametrize("settings", [FULL, Settings(plugin="p", environment="e", explorer="x")])
def test_settings_are_read_back_as_they_were_written(tmp_path, settings):
    path = tmp_path / "settings.toml"
    path.write_text(settings.to_toml(), "utf-8")
    assert Settings.from_toml(path) == settings


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("plugin = ", "plugins = "), "'plugins' is not a setting"),
        (("format_version = 1", "format_version = 2"), "format 2, and this dreamctl reads up to 1"),
        (("format_version = 1", ""), "no format_version"),
        (('explorer = "dream"', ""), "explorer is missing"),
        (("seed = ", "seed = = "), "not a TOML file"),
        (("steps = 5", 'steps = "many"'), "'steps' takes a whole number, 1 or more .got 'many'"),
        (("seed = -3", "seed = true"), "'seed' takes a whole number .got True"),
        (("threads = 2", "threads = 0"), "'threads' takes a whole number, 1 or more .got 0"),
        (("points = 1.5", 'points = "two"'), "its rubric cannot be read .*'points' is a number"),
    ],
)
def test_settings_that_cannot_be_read_are_refused_in_one_sentence(tmp_path, change, sentence):
    path = tmp_path / "settings.toml"
    path.write_text(FULL.to_toml().replace(*change), "utf-8")
    with pytest.raises(RunError, match=sentence):
        Settings.from_toml(path)
