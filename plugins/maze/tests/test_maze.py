"""The plugin: the contract, both simulators, what can be had, the scripted explorer, and the picture."""

from itertools import product

import numpy as np
import pytest
from attrs import evolve
from gymnasium.utils.env_checker import check_env

from dreamctl import Policy, Problem, RandomPolicy, keys, open_simulator, rollout
from dreamctl.algorithms.posterior import PosteriorSampling
from dreamctl.drawing import rgb
from dreamctl.learning import best_return
from dreamctl.runs.play import trials
from dreamctl.testing import parametrize_with_checks
from dreamctl_maze import dreamctl_environments, maze
from dreamctl_maze.draw import PLAYER, place
from dreamctl_maze.env import ENDS, PLACES, START, distances, moved
from dreamctl_maze.scripted import GoesRound, tour

ENVIRONMENTS = list(dreamctl_environments())
EVERY_ENVIRONMENT = pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda environment: environment.name)


@parametrize_with_checks("maze")
def test_maze_keeps_the_contract(check):
    check()


class Wanderer(Policy):
    """Keeps to its last action most of the time, so that it gets somewhere."""

    def start(self, batch, condition=None):
        return None

    def act(self, seen, memory, uniform):
        return np.where(uniform < 0.5, (uniform * 8).astype(np.int64), np.maximum(seen.action, 0)), None


@EVERY_ENVIRONMENT
def test_plain_and_fast_play_the_same_game(environment):
    tasks = environment.tasks().test * 16
    seeds = keys(np.arange(len(tasks), dtype=np.uint64), 0)
    for policy in (RandomPolicy(4), Wanderer()):
        plain, fast = (
            rollout(open_simulator(environment, len(tasks), plain=plain), policy, tasks, seeds, steps=60, episodes=2)
            for plain in (True, False)
        )
        for name in ("observation", "action", "reward", "terminated", "mask", "episode"):
            np.testing.assert_array_equal(getattr(plain, name), getattr(fast, name))
    assert fast.terminated.any()


def test_every_place_is_found_and_distances_are_what_steps_make():
    for end in ENDS:
        left = distances(end)
        assert set(left) == set(PLACES)
        for here in PLACES:
            near = min(left[moved(here, action)] for action in range(4))
            assert left[here] == (0 if here == end else near + 1)
    assert sorted(distances(end)[START] for end in ENDS) == [2, 2, 3, 3, 5, 5, 5, 5]


def test_the_way_to_the_prize_pays_one_in_both_and_a_detour_pays_nothing_more():
    for environment in ENVIRONMENTS:
        for end, prize in enumerate(ENDS):
            env = environment.env(end)
            env.reset()
            total, over = env.step(1)[1], False
            while not over:
                here = tuple(env.observe().tolist())
                action = min(range(4), key=lambda a, here=here: distances(prize)[moved(here, a)])
                _, reward, over, _, _ = env.step(action)
                total += reward
            assert total == pytest.approx(1)


def best_by_trying_every_route(environment, tasks):
    """All explorations of a short maze, and after each what is best for the tasks that it cannot tell apart."""
    steps, left = environment.exploration_steps, environment.execution_steps
    explored = [list(route) for route in product(range(4), repeat=steps)]
    executed = [list(route) for route in product(range(4), repeat=left)]
    paid = np.array([[play(environment, task, route)[1] for task in tasks] for route in executed])  # [R, M]
    best = 0.0
    for route in explored:
        groups = {}
        for m, task in enumerate(tasks):
            groups.setdefault(play(environment, task, route)[0], []).append(m)
        best = max(best, sum(paid[:, group].sum(1).max() for group in groups.values()))
    return best / len(tasks)


def play(environment, task, route):
    """What is seen on the way, and what it pays."""
    env = environment.env(task.params)
    seen, total = [env.reset()[0].tobytes()], 0.0
    for action in route:
        observation, reward, over, _, _ = env.step(action)
        seen.append((observation.tobytes(), np.float32(reward).item(), over))
        total += reward
        if over:
            break
    return tuple(seen), total


def test_the_optimum_is_what_trying_every_route_finds():
    environment = evolve(maze("short", dense=False), exploration_steps=4, execution_steps=2)
    tasks = [environment.tasks().test[end] for end in (1, 6)]  # two steps away, at opposite sides
    assert best_return(environment, tasks) == best_by_trying_every_route(environment, tasks)
    environment = evolve(environment, exploration_steps=3, execution_steps=3)
    assert best_return(environment, environment.tasks().test) == best_by_trying_every_route(
        environment, environment.tasks().test
    )


def test_what_can_be_had_with_and_without_exploring():
    with_and_without = [
        (e.optimum(e.tasks()), best_return(evolve(e, exploration_episodes=0), e.tasks().test)) for e in ENVIRONMENTS
    ]
    assert with_and_without[0] == pytest.approx((6 / 8, 1 / 8))
    assert with_and_without[1] == with_and_without[2] == pytest.approx((1, 0.7375))


def test_posterior_sampling_finds_the_prize_if_it_may_draw_twice():
    """One draw leaves several dead ends that would have paid as much on the way; what is left of two is one."""
    _, once, twice = ENVIRONMENTS
    assert sampled(once) < 0.7
    assert sampled(twice) == pytest.approx(1)


def sampled(environment):
    """The mean return of exact posterior sampling."""
    player = PosteriorSampling(Problem(environment=environment, tasks=environment.tasks()))
    ((_, execution),) = trials(environment, player, environment.tasks().test * 32, keys(np.arange(256), 0))
    return execution.returns.mean()


def test_the_scripted_explorer_finds_all_but_the_farthest():
    environment = ENVIRONMENTS[0]
    tasks = environment.tasks().test
    simulator = open_simulator(environment, len(tasks))
    seeds = np.zeros(len(tasks), np.uint64)
    steps = environment.exploration_steps
    found = rollout(simulator, GoesRound(), tasks, seeds, steps=steps).terminated.any(1)
    assert found.sum() >= 5
    assert rollout(simulator, GoesRound(), tasks, seeds, steps=len(tour())).terminated.any(1).all()


@EVERY_ENVIRONMENT
def test_both_simulators_draw_the_same_picture_with_even_sides(environment):
    pictures = []
    for plain in (True, False):
        simulator = open_simulator(environment, 1, plain=plain)
        simulator.reset([3], np.zeros(1, np.uint64), np.array([0]))
        simulator.step(np.array([1]))
        pictures.append(simulator.render(0))
    np.testing.assert_array_equal(*pictures)
    height, width, _ = pictures[0].shape
    assert (height % 2, width % 2) == (0, 0)


def test_the_readable_maze_is_a_gymnasium_env():
    check_env(ENVIRONMENTS[1].env(0), skip_render_check=True)


def test_the_player_is_drawn_where_its_place_is():
    env = ENVIRONMENTS[0].env(0)
    observation, _ = env.reset()
    for action in (2, 2, 1, 0, 3):
        (x, y) = place(observation[None])[0]
        assert tuple(env.render()[y, x]) == rgb(PLAYER)
        observation = env.step(action)[0]
