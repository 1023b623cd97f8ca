"""`dreamctl watch` and `dreamctl play`, from the command line down."""

import pytest
from click.testing import CliRunner
from PIL import Image

from dreamctl import UsageError
from dreamctl.cli.main import dreamctl


def run(*words):
    return CliRunner().invoke(dreamctl, [str(word) for word in words], catch_exceptions=False, standalone_mode=False)


def test_watching_writes_a_picture_and_prints_where(tmp_path):
    out = tmp_path / "sheet.png"
    result = run("watch", "--plugin", "hallway", "--explorer", "told", "--task", "hallway-2", "--out", out)
    assert result.stdout.strip() == str(out)
    with Image.open(out) as picture:
        assert picture.width > picture.height


def test_without_an_explorer_the_plugins_own_script_is_watched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("watch", "--plugin", "hallway").stdout.strip() == "hallway-scripted.png"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "--plugin"),
        (["--plugin", "hallway", "--run", "somewhere"], "--plugin does not go with --run"),
        (["--plugin", "hallway", "--explorer", "dream"], "has to be trained first"),
        (["--plugin", "hallway", "--task", "cellar"], "No task named 'cellar'"),
        (["--plugin", "hallway", "--program", __file__], "reads no programs"),
        (["--plugin", "hallway", "--chart", "x.png", "--task", "hallway-2"], "--task does not go with --chart"),
    ],
)
def test_what_cannot_be_watched_is_said_in_one_sentence(words, sentence):
    with pytest.raises(UsageError, match=sentence):
        run("watch", *words)


def test_playing_by_scripted_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    keys = "left,1,1,1,1,space,6,6,6,6"
    words = ["--plugin", "hallway", "--task", "hallway-6", "--keys", keys, "--record", tmp_path / "won.gif"]
    assert run("play", *words).stdout == "hallway-6: execution   step 4 of 5   return 1\n"
    assert (tmp_path / "won.gif").stat().st_size > 0
