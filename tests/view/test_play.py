"""A person's game: the session, the keys, and the window, without a display."""

import attrs
import numpy as np
import pytest
from PIL import Image

from dreamctl import InputError, Submission, TaskSet, UsageError
from dreamctl.view.keys import key_of_actions, legend
from dreamctl.view.session import Session
from dreamctl.view.tasks import choose_task
from dreamctl.view.window import _typed, play, pygame
from dreamctl_hallway import hallway


@pytest.fixture(autouse=True)
def _no_display(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def test_a_trial_is_an_exploration_and_an_execution():
    session = Session(hallway(), hallway().tasks().test[2])
    assert session.title == "exploration   step 0 of 5"
    for action in (8, 0, 0, 0, 0):
        session.step(action)
    assert session.over
    assert not session.finished
    session.step(0)  # an episode that is over stays so
    assert session.steps == 5
    session.go_on()
    for action in (2, 0, 0, 0):
        session.step(action)
    assert session.finished
    assert session.title == "execution   step 4 of 5   return 1"
    assert "return 1" in session.message
    session.go_on()
    assert session.title == "exploration   step 0 of 5"


def test_a_reward_that_is_hidden_from_explorers_is_hidden_from_people():
    for environment, shown in ((hallway(), False), (hallway(reward_seen=True), True)):
        session = Session(environment, environment.tasks().test[0])
        for _ in range(4):
            session.step(0)
        assert ("return 1" in session.title) == shown


def test_what_is_judged_by_a_rubric_is_played_without_a_limit():
    environment = attrs.evolve(hallway(), answer="rubric")
    session = Session(environment, environment.tasks().test[0])
    for _ in range(30):
        session.step(8)
    assert not session.over
    for _ in range(5):
        session.step(0)
    assert session.finished


def test_keys_follow_the_names_of_actions():
    assert key_of_actions(("left", "right", "stay")) == {
        "1": 0, "2": 1, "3": 2, "left": 0, "right": 1, "space": 2
    }  # fmt: skip
    keys = key_of_actions(hallway(hallways=12).actions)
    assert (keys["3"], keys["0"], keys["q"], keys["left"]) == (2, 9, 10, 12)
    assert not {"n", "r", "escape"} & set(key_of_actions(hallway(hallways=32).actions))
    assert len(set(key_of_actions(hallway(hallways=32).actions).values())) == 33
    assert legend(hallway().actions)[:2] == ["1 to 8: hallway 1 to hallway 8", "left: back"]


def test_the_window_plays_a_trial_by_keys(tmp_path):
    environment = hallway()
    keys = ["left", *"1111", "space", *"3333"]
    session = play(environment, environment.tasks().test.__getitem__, keys=keys, record=tmp_path / "won.png")
    assert session.task.key == "hallway-1"
    assert (session.finished, session.earned) == (True, 0)
    session = play(
        environment, lambda n: environment.tasks().test[2 * n], keys=["1", "n", *keys], record=tmp_path / "won.gif"
    )
    assert session.task.key == "hallway-3"
    assert (session.finished, session.earned) == (True, 1)
    with Image.open(tmp_path / "won.gif") as film:
        assert film.n_frames == 12
    with Image.open(tmp_path / "won.png") as picture:
        assert len(picture.getcolors(100_000)) > 10


def test_again_is_the_same_task_from_its_start():
    environment = hallway()
    session = play(environment, environment.tasks().test.__getitem__, keys=["left", "1", "r"])
    assert (session.task.key, session.steps, session.episode) == ("hallway-1", 0, 0)


def test_escape_ends_the_game_at_once():
    environment = hallway()
    assert play(environment, environment.tasks().test.__getitem__, keys=["left", "escape", "1"]).steps == 1


def test_a_real_time_game_goes_on_without_a_key():
    environment = attrs.evolve(hallway(), steps_per_second=50.0, actions=(*hallway().actions[:-1], "stay"))
    session = play(environment, environment.tasks().test.__getitem__, keys=["", "return", "1"])
    assert session.simulator.observation[0].tolist() == [9, 2, 0]


def test_a_key_counts_from_the_moment_it_is_pressed_until_it_is_let_go_and_a_tap_once():
    pygame.display.init()
    pygame.display.set_mode((9, 9))
    pygame.event.clear()
    typed = _typed(attrs.evolve(hallway(), steps_per_second=1e6), 1.0)

    def after(*events):
        for key, kind in events:
            pygame.event.post(pygame.event.Event(kind, key=pygame.key.key_code(key)))
        return next(typed)

    down, up = pygame.KEYDOWN, pygame.KEYUP
    assert [after(("left", down)), after(), after(("left", up))] == ["left", "left", ""]
    assert [after(("left", down), ("left", up)), after()] == ["left", ""]
    assert [after(("right", down)), after(("left", down)), after(("left", up))] == ["right", "left", "right"]
    assert [after(("right", up), ("right", down)), after(), after(("r", down)), after()] == [
        "right", "right", "r", "right"
    ]  # fmt: skip
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert next(typed) == "escape"
    pygame.display.quit()


def test_without_a_display_there_is_one_sentence():
    environment = hallway()
    with pytest.raises(UsageError, match="no display"):
        play(environment, environment.tasks().test.__getitem__)


def test_a_task_is_chosen_by_key_or_by_the_seed():
    environment = hallway()
    assert choose_task(environment, "hallway-5").key == "hallway-5"
    assert [choose_task(environment, seed=seed).key for seed in (0, 7, 8)] == ["hallway-1", "hallway-8", "hallway-1"]
    with pytest.raises(UsageError, match=r"No task named 'hallway-9'.*Did you mean"):
        choose_task(environment, "hallway-9")
    with pytest.raises(UsageError, match=r"No task named 'cellar'\. There are 128, such as"):
        choose_task(hallway(noise=4), "cellar")


def test_a_task_comes_from_the_generator_where_there_are_no_lists():
    every = hallway().tasks().test
    environment = attrs.evolve(hallway(), tasks=lambda: TaskSet(sample=lambda rng: every[rng.integers(8)]))
    assert choose_task(environment, seed=3) == choose_task(environment, seed=3)
    assert len({choose_task(environment, seed=seed).key for seed in range(50)}) == 8


def test_a_program_comes_from_a_file(tmp_path):
    path = tmp_path / "program.txt"
    path.write_text("3")

    def read(path):
        for word in path.read_text().split():
            task = hallway().tasks().test[int(word)] if word.isdigit() else None
            yield Submission(id=word, task=task, problem=None if task else f"'{word}' is not a number.")

    environment = attrs.evolve(hallway(), read_submissions=read)
    assert choose_task(environment, program=path).key == "hallway-4"
    path.write_text("three")
    with pytest.raises(InputError, match="'three' is not a number"):
        choose_task(environment, program=path)
    with pytest.raises(InputError, match="no such file"):
        choose_task(environment, program=tmp_path / "missing.txt")
    with pytest.raises(UsageError, match="reads no programs"):
        choose_task(hallway(), program=path)


def test_instructions_are_told_to_the_person_in_execution_only():
    from gymnasium import spaces

    environment = attrs.evolve(
        hallway(),
        instructions=lambda params, rng: np.array([7]),
        instruction_space=spaces.Box(0, 9, (1,), np.int64),
    )
    session = Session(environment, environment.tasks().test[0])
    assert "asked" not in session.title
    for _ in range(4):
        session.step(0)
    session.go_on()
    assert "asked for [7]" in session.title
