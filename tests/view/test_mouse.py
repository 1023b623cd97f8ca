"""A person plays with the mouse: what a game is given, frame by frame, without a display."""

import numpy as np
import pytest
from gymnasium import spaces
from PIL import Image

from dreamctl import Environment, Task, TaskSet, UsageError
from dreamctl.view.mouse import play_live, pygame
from dreamctl.view.window import LINE


class Counting:
    """A game that notes what it is given, and is over after some frames."""

    width, height = 60, 40

    def __init__(self, params, seed):
        self.params, self.seed, self.given, self.closed = params, seed, [], False
        GAMES.append(self)

    @property
    def over(self):
        return len(self.given) >= self.params

    message = "It went\nthe way of all games."

    def advance(self, x, y, click):
        self.given.append((x, y, click))
        if len(self.given) in SCRIPT:
            pygame.event.post(pygame.event.Event(*SCRIPT[len(self.given)]))
        return 0.0

    def picture(self):
        return np.full((40, 60, 3), 7, np.uint8)

    def close(self):
        self.closed = True


GAMES, SCRIPT = [], {}


@pytest.fixture(autouse=True)
def _no_display(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    GAMES.clear()
    SCRIPT.clear()


@pytest.fixture
def world():
    return Environment(
        name="counting",
        observation_space=spaces.Discrete(2),
        actions=("a", "b"),
        exploration_steps=1,
        tasks=TaskSet,
        env=lambda params: None,
        live=Counting,
    )


def task(n):
    return Task(key=f"game {n}", params=10_000)


def test_the_mouse_and_its_clicks_reach_the_game_in_its_own_pixels(world):
    SCRIPT[3] = pygame.MOUSEMOTION, {"pos": (11, LINE + 12), "rel": (0, 0), "buttons": (0, 0, 0)}
    SCRIPT[5] = pygame.MOUSEBUTTONDOWN, {"pos": (13, LINE + 14), "button": 1}
    SCRIPT[6] = pygame.MOUSEBUTTONDOWN, {"pos": (0, 0), "button": 3}
    assert play_live(world, task, frames=8).startswith("game 0: 8 frames.")
    (game,) = GAMES
    assert game.given == [(30, 20, False)] * 3 + [(11, 12, False)] * 2 + [(13, 14, True)] + [(13, 14, False)] * 2
    assert game.closed


def test_keys_play_again_or_take_another_task_and_the_seed_goes_on(world):
    SCRIPT[2] = pygame.KEYDOWN, {"key": pygame.K_r}
    SCRIPT[4] = pygame.KEYDOWN, {"key": pygame.K_n}
    play_live(world, task, frames=12)
    assert len(GAMES) >= 3
    assert len({game.seed for game in GAMES}) == len(GAMES)
    assert all(game.closed for game in GAMES)


def test_a_game_that_is_over_says_so_and_stays(world, tmp_path):
    said = play_live(world, lambda n: Task(key="short", params=3), frames=6, record=tmp_path / "end.png")
    assert said == "short: 6 frames. It went\nthe way of all games."
    assert len(GAMES[0].given) == 3
    with Image.open(tmp_path / "end.png") as picture:
        assert picture.size == (60, 40 + 3 * LINE)


def test_nobody_plays_where_nobody_sees(world):
    with pytest.raises(UsageError, match="there is no display"):
        play_live(world, task)
    assert GAMES[0].closed
