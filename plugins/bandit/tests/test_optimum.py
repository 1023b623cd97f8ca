"""What can be had of bandits, computed, and found again by trying everything or by playing."""

from itertools import product

import numpy as np
import pytest
from attrs import evolve

from dreamctl import Policy, keys, open_simulator, rollout
from dreamctl.learning import best_return
from dreamctl_bandit import dreamctl_environments, two_armed
from dreamctl_bandit.optimum import best_share


@pytest.mark.parametrize("environment", list(dreamctl_environments())[:5], ids=lambda environment: environment.name)
def test_the_optimum_is_one_and_without_exploring_it_is_chance(environment):
    tasks = environment.tasks()
    assert environment.optimum(tasks) == 1
    unexplored = best_return(evolve(environment, exploration_episodes=0), tasks.test)
    assert unexplored == pytest.approx(1 / (len(environment.actions) - 1))


def by_trying_every_strategy(tasks, explorations, pulls):
    """Expected share for every function from what was seen to the next arm; outcomes are weighed one by one."""
    steps = explorations + pulls

    def value(history):
        if len(history) == steps:
            return np.zeros(len(tasks))  # [M] not yet weighed
        best = None
        for arm in (0, 1):
            total = np.zeros(len(tasks))
            for paid in (0, 1):
                chance = np.array([task[arm] if paid else 1 - task[arm] for task in tasks])
                total += chance * ((len(history) >= explorations) * paid / pulls + value([*history, (arm, paid)]))
            seen = np.prod([[t[a] if p else 1 - t[a] for t in tasks] for a, p in history], 0)
            if best is None or (seen * total).sum() > (seen * best).sum():
                best = total
        return best

    return value([]).mean()


@pytest.mark.parametrize(
    "tasks", [((0.9, 0.1), (0.1, 0.9)), tuple(product((0.2, 0.7), repeat=2)), ((1.0, 0.5), (0.5, 0))]
)
@pytest.mark.parametrize(("explorations", "pulls"), [(0, 3), (2, 2), (3, 1)])
def test_the_optimum_of_two_arms_is_that_of_the_best_of_all_strategies(tasks, explorations, pulls):
    expected = by_trying_every_strategy(tasks, explorations, pulls)
    assert best_share(tasks, pulls, explorations=explorations) == pytest.approx(expected)


class WinsStay(Policy):
    """Goes on with what paid more often than not, over the whole trial; arms' names swap as it likes."""

    def start(self, batch, condition=None):
        return np.zeros(batch) if condition is None else condition

    def act(self, seen, memory, uniform):
        sign = 1 - 2.0 * seen.action
        memory = memory + np.where(seen.action >= 0, sign * np.where(seen.reward > 0, 1, -1), 0)
        return (memory < 0).astype(np.int64), memory


def test_playing_by_the_majority_has_the_optimum_of_two_opposite_arms():
    """With two tasks that mirror each other, the posterior is a count of what speaks for either."""
    environment = two_armed()
    tasks = environment.tasks().test * 2000
    seeds = keys(np.arange(len(tasks), dtype=np.uint64), 5)
    played = rollout(open_simulator(environment, len(tasks)), WinsStay(), tasks, seeds, steps=10, episodes=2)
    share = np.where(played.episode[:, 1:] == 1, played.reward, 0).sum(1)
    optimum = environment.optimum(environment.tasks())
    assert share.mean() == pytest.approx(optimum, abs=4 * float(share.std()) / len(share) ** 0.5)
    assert optimum > best_share([task.params for task in tasks[:2]], 10, explorations=0) + 0.05
