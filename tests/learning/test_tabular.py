"""Tables of small worlds, and what is computed from them."""

import gymnasium
import numpy as np
import pytest
from attrs import evolve
from gymnasium import spaces

from dreamctl import Environment, RandomPolicy, Task, TaskSet, UsageError, keys, open_simulator, rollout
from dreamctl.learning import best_return, tabulate, tabulate_all, value_iteration
from dreamctl_hallway import hallway


class Arms(gymnasium.Env):
    """Two arms, of which `right` pays `prize`; `pulls` pulls end an episode; counts them, or hides the count."""

    observation_space = spaces.Box(0, 9, (1,), np.int64)
    action_space = spaces.Discrete(2)

    def __init__(self, right, pulls=1, noisy=False, counts=True):
        self.right, self.pulls, self.noisy, self.counts = right, pulls, noisy, counts

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.pulled = 0
        return self.observe(), {}

    def step(self, action):
        self.pulled += 1
        prize = self.np_random.integers(2) if self.noisy else 1
        return self.observe(), float(prize * (action == self.right)), self.pulled == self.pulls, False, {}

    def observe(self):
        return np.array([self.pulled if self.counts else 0])


def arms(*, steps=1, reward_seen=True, **options):
    every = [Task(key=str(right), params=right) for right in (0, 1)]
    return Environment(
        name="arms",
        observation_space=Arms.observation_space,
        actions=("first", "second"),
        answer="return",
        exploration_steps=steps,
        execution_steps=steps,
        reward_seen=reward_seen,
        tasks=lambda: TaskSet(train=every, test=every, shared=True),
        env=lambda right: Arms(right, **options),
    )


def test_the_table_of_two_arms_can_be_read_off():
    table = tabulate(arms(steps=3, pulls=2), Task(key="1", params=1), execution=True)
    assert table.observation.tolist() == [[0], [1], [2]]
    assert table.next.tolist() == [[1, 1], [2, 2], [2, 2]]
    assert table.reward.tolist() == [[0, 1], [0, 1], [0, 0]]
    assert table.terminated.tolist() == [[False, False], [True, True], [True, True]]
    assert value_iteration(table, 3)[:, 0].max(1).tolist() == [0, 1, 2, 2]


@pytest.mark.parametrize("execution", [False, True])
def test_every_episode_of_the_hallway_goes_as_its_table_says(execution):
    environment = hallway(hallways=3, noise=1)
    steps = environment.execution_steps if execution else environment.exploration_steps
    tasks = environment.tasks().test
    tables = tabulate_all(environment, tasks, execution=execution)
    index = np.arange(300) % len(tasks)
    episodes = rollout(
        open_simulator(environment, 300, plain=True),
        RandomPolicy(4),
        [tasks[i] for i in index],
        keys(np.arange(300, dtype=np.uint64), 1),
        steps=steps,
    )
    state = np.stack([tables.states.find(column) for column in episodes.observation.swapaxes(0, 1)], 1)
    assert (state[:, 0] == tables.start[index]).all()
    row, t = np.nonzero(episodes.mask)
    step = index[row], state[row, t], episodes.action[row, t]
    assert (tables.next[step] == state[row, t + 1]).all()
    assert (tables.reward[step] == episodes.reward[row, t]).all()
    assert (tables.terminated[step] == episodes.terminated[row, t]).all()


def test_value_iteration_walks_the_right_hallway_and_knows_when_it_is_too_late():
    environment = hallway()
    table = tabulate(environment, environment.tasks().test[5], execution=True)
    value = value_iteration(table, environment.execution_steps).max(-1)
    assert value[:, 0].tolist() == [0, 0, 0, 0, 1, 1]


def test_joined_tables_are_the_single_ones_over_common_states():
    environment = hallway(hallways=2, noise=2)
    tasks = environment.tasks().test
    tables = tabulate_all(environment, tasks, execution=False)
    together = value_iteration(tables, 4)
    for m, task in enumerate(tasks):
        table = tabulate(environment, task, execution=False)
        place = tables.states.find(table.observation)
        np.testing.assert_array_equal(place[table.next], tables.next[m, place])
        np.testing.assert_array_equal(value_iteration(table, 4), together[:, m, place])
    absent = tables.next[0, tables.states.find(np.array([[1, 1, 0, 2, 2]], np.uint8))]
    assert (absent == -1).all()


def test_an_observation_never_seen_has_no_state():
    environment = hallway(hallways=2)
    states = tabulate_all(environment, environment.tasks().test, execution=False).states
    assert states.find(np.array([[0, 0, 0], [9, 9, 9]], np.uint8)).tolist() == [0, -1]


def test_chance_is_refused():
    with pytest.raises(UsageError, match="arms: task '1' cannot be made a table"):
        tabulate(arms(steps=2, pulls=2, noisy=True), Task(key="1", params=1), execution=True)


def test_an_observation_that_hides_the_state_is_refused():
    with pytest.raises(UsageError, match="cannot be made a table"):
        tabulate(arms(steps=3, pulls=2, counts=False), Task(key="1", params=1), execution=True)


def test_too_many_states_are_refused():
    environment = hallway()
    with pytest.raises(UsageError, match="hallway: task 'hallway-1' has more than 5 states"):
        tabulate(environment, environment.tasks().test[0], execution=False, limit=5)


def test_too_many_tasks_are_refused_before_they_are_tabulated():
    environment = hallway()
    many = environment.tasks().test * 20_000
    with pytest.raises(UsageError, match="its 160000 tasks have too many states"):
        tabulate_all(environment, many, execution=False)


def test_instructions_are_refused_where_they_would_be_ignored():
    environment = evolve(
        hallway(), instructions=lambda params, rng: np.zeros(1), instruction_space=spaces.Box(0, 1, (1,))
    )
    with pytest.raises(UsageError, match="instructions"):
        best_return(environment, environment.tasks().test)


def test_the_best_return_of_two_arms_is_one_where_the_prize_is_seen_and_a_half_where_it_is_not():
    assert best_return(arms(), arms().tasks().test) == 1
    assert best_return(arms(reward_seen=False), arms().tasks().test) == 0.5


def test_in_execution_the_agent_still_learns_from_what_it_sees():
    environment = arms(steps=2, pulls=2, reward_seen=False)
    assert best_return(environment, environment.tasks().test) == 1.5


def test_without_rewards_only_what_is_seen_has_to_follow_from_observation_and_action():
    environment, (task, _) = arms(noisy=True), arms().tasks().test
    with pytest.raises(UsageError, match="cannot be made a table"):
        tabulate(environment, task, execution=False)
    table = tabulate(environment, task, execution=False, rewards=False)
    assert not table.reward.any()
    assert np.array_equal(table.next, tabulate(arms(), task, execution=False).next)


def test_what_is_best_without_exploring_is_to_guess():
    environment = hallway(hallways=4)
    assert best_return(environment, environment.tasks().test, exploring=False) == 1 / 4
    assert best_return(environment, environment.tasks().test) == 1
