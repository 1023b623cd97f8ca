"""The sign's world: both simulators agree, the sign can be read in time, and what can be had at best."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from dreamctl import Problem, RandomPolicy, keys, open_simulator
from dreamctl.learning import Trials, explore
from dreamctl.learning.pictures import halved
from dreamctl.runs import build, play
from dreamctl.testing import parametrize_with_checks
from dreamctl_sign import sign
from dreamctl_sign.fast import Signs
from dreamctl_sign.fast_pictures import draw
from dreamctl_sign.optimum import after_trying, best_return, starts, uninformed
from dreamctl_sign.pictures import Look, picture
from dreamctl_sign.routes import SIGN, legible, routes
from dreamctl_sign.scripted import Reader, Sampler
from dreamctl_sign.seeing import locate, moved
from dreamctl_sign.world import COLOURS, DEPTH, END, HORIZON, OBJECTS, TURN, WIDTH, blocked, facing


@parametrize_with_checks("sign")
def test_sign_keeps_the_contract(check):
    check()


def draws(count, seed=0):
    """Places that are not in a wall, directions and words, some of each."""
    rng = np.random.default_rng(seed)
    while count:
        x, z = rng.uniform(0, WIDTH), rng.uniform(0, DEPTH)
        if not blocked(x, z):
            count -= 1
            turned = tuple(facing(angle, 0) for angle in rng.uniform(0, 6.3, OBJECTS))
            yield Look(x, z, facing(rng.uniform(0, 6.3), 0), turned, int(rng.integers(4)))


def fast_picture(look, rows=60, columns=80):
    out = np.zeros((rows, columns, 3), np.uint8)
    draw(look.x, look.z, look.forward, np.array(look.turned), look.word, out)
    return out


def test_the_fast_picture_is_the_readable_one_from_everywhere():
    for look in draws(150):
        np.testing.assert_array_equal(fast_picture(look), picture(look))


def test_a_larger_picture_is_the_same_in_both_forms_too():
    for look in draws(3, seed=1):
        np.testing.assert_array_equal(fast_picture(look, 180, 240), picture(look, 180, 240))


def test_plain_and_fast_play_the_same_game_for_every_instruction():
    environment = sign()
    params, seeds = [task.params for task in environment.tasks().test] * 4, keys(np.arange(12, dtype=np.uint64), 3)
    actions = np.random.default_rng(0).choice(4, size=(HORIZON, 12), p=[0.15, 0.15, 0.65, 0.05])
    played = []
    for plain in (True, False):
        simulator = open_simulator(environment, 12, plain=plain)
        first = simulator.reset(params, seeds, np.arange(12), np.arange(12) % 2)
        played.append((first, [simulator.step(action) for action in actions]))
    (first, steps), (same, others) = played
    np.testing.assert_array_equal(first, same)
    for step, other in zip(steps, others, strict=True):
        np.testing.assert_array_equal(step.observation, other.observation)
        np.testing.assert_array_equal(step.reward, other.reward)
        np.testing.assert_array_equal(step.terminated, other.terminated)
    assert {reward for step in steps for reward in step.reward.tolist()} >= {0.0, -1.0}


def test_the_start_does_not_depend_on_the_task():
    environment, seeds = sign(has_sign=False, reward_seen=False), np.full(3, 7, np.uint64)
    first = Signs(3).reset([task.params for task in environment.tasks().test], seeds, np.arange(3))
    assert (first == first[0]).all()


def test_the_readable_simulator_is_a_gymnasium_env():
    check_env(sign().env((1, True)), skip_render_check=True)


@pytest.fixture(scope="module")
def views():
    """Where the shortest way to a legible view ends, from many starts: places, and how many steps it takes."""
    places = starts(500, seed=4)
    actions, lengths = routes(places, np.full(len(places), SIGN))
    for t in range(HORIZON):
        places = np.where((t < lengths)[:, None], moved(places, actions[:, t]), places)
    return places, lengths


def test_the_sign_is_in_view_in_time_from_every_start(views):
    _, lengths = views
    assert lengths.max() <= HORIZON


def test_the_sign_is_legible_from_where_it_is_seen_first(views):
    """The most similar of other views, seen from other places, says the same word: nine times out of ten or more."""
    places, _ = views
    turned = ((1.0, 0.0),) * OBJECTS
    looks = [
        Look(x, z, facing(angle, 0), turned, word) for x, z, angle in places.tolist() for word in range(len(COLOURS))
    ]
    words = np.array([look.word for look in looks])
    seen = np.array([_around_the_eye_line(fast_picture(look)) for look in looks])
    known = np.arange(len(looks)) >= 30 * len(COLOURS)
    apart = np.abs(seen[~known][:, None] - seen[known]).sum(2)
    read = words[known][apart.argmin(1)]
    assert (read == words[~known]).mean() >= 0.9


def _around_the_eye_line(picture):
    """The rows in which the sign is, in cells of three by two pixels."""
    return picture[12:48, :, 0].reshape(12, 3, 40, 2).mean((1, 3), dtype=np.float32).ravel()


def test_the_optimum_is_one_with_a_sign_and_nothing_without():
    assert best_return(has_sign=True, reward_seen=True) == 1
    assert best_return(has_sign=False, reward_seen=False) == 0
    assert best_return(has_sign=False, reward_seen=True) == pytest.approx(1 / 3)


def test_guessing_costs_a_third_and_posterior_sampling_that_sees_the_reward_wins_it():
    assert uninformed() == pytest.approx(-1 / 3)
    assert after_trying() == pytest.approx(1 / 3)


def test_a_start_is_found_from_its_picture():
    simulator = Signs(24)
    seen = simulator.reset([(0, True)] * 24, keys(np.arange(24, dtype=np.uint64), 5), np.arange(24))
    found = locate(seen)
    away = np.hypot(found[:, 0] - simulator.games["x"], found[:, 1] - simulator.games["z"])
    off = np.abs((found[:, 2] - simulator.games["start"] + np.pi) % (2 * np.pi) - np.pi)
    assert np.median(away) < 0.05
    assert (away < 0.3).mean() > 0.9
    assert (off < TURN / 4).mean() > 0.9


@pytest.mark.parametrize(("player", "low", "high"), [(Reader, 0.85, 1.0), (Sampler, -0.5, 0.8)])
def test_who_reads_the_sign_is_right_and_who_tries_is_so_now_and_then(player, low, high):
    environment = sign()
    tasks = list(environment.tasks().test) * 6
    played = play.trials(environment, player(), tasks, keys(np.arange(18, dtype=np.uint64), 9), told=False, rows=18)
    returns = np.concatenate([execution.returns for _, execution in played])
    assert low < returns.mean() <= high


def test_dream_begins_with_the_settings_that_serve_it_here_and_a_user_changes_one():
    settings = build.choose("sign", explorer="dream", options={"batch": 5}, steps=1, device="cpu")
    assert settings.options["executor"] == "feedforward"
    parts = build.find(settings)
    learner = build.build_player(parts.explorer, build.problem(parts, build.task_set(parts)))
    assert learner.trials.batch == 5
    assert learner.options.noise == 1
    assert build.choose("sign", explorer="rl2", steps=1, device="cpu").options == {}


def test_noise_alone_comes_to_read_the_sign_now_and_then():
    """Random steps that never end an episode: those who read the sign are few, but no learner has to wait for them."""
    batch, rng = 400, np.random.default_rng(0)
    simulator = Signs(batch)
    simulator.reset([(0, True)] * batch, keys(np.arange(batch, dtype=np.uint64), 11), np.arange(batch))
    read = np.zeros(batch, bool)
    for _ in range(HORIZON):
        over = simulator.step(rng.integers(END, size=batch)).terminated
        ahead = np.array([facing(game["start"], game["heading"]) for game in simulator.games])
        read |= ~over & [legible(game["x"], game["z"], *way) for game, way in zip(simulator.games, ahead, strict=True)]
    assert read.mean() > 0.03


def test_what_is_learned_from_are_the_same_trials_in_pictures_of_half_the_size():
    environment = sign()
    trials = Trials(Problem(environment=environment, tasks=environment.tasks(), seed=0), 6)
    policy, (tasks, seeds) = RandomPolicy(4), trials.draw(0)
    learned = trials.explore(policy, tasks, seeds)
    played = explore(environment, open_simulator(environment, 6), policy, tasks, seeds)
    np.testing.assert_array_equal(learned.observation, halved(played.observation))
    np.testing.assert_array_equal(learned.action, played.action)
    np.testing.assert_array_equal(learned.reward, played.reward)
