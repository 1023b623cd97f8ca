import attrs
import numpy as np
import pytest

from dreamctl import Problem, RandomPolicy, TaskSet, keys, open_simulator
from dreamctl.learning import Trials, execute, explore, sample_tasks, trial_seeds


@pytest.fixture
def problem(forks):
    return Problem(environment=forks, tasks=forks.tasks(), seed=5)


def same(a, b):
    return all(
        np.array_equal(getattr(a, f.name), getattr(b, f.name))
        for f in attrs.fields(type(a))
        if isinstance(getattr(a, f.name), np.ndarray)
    )


def test_a_batch_is_a_pure_function_of_the_seed_and_its_number(problem):
    one, other = Trials(problem, 32), Trials(problem, 32)
    one.draw(0)
    for number in (7, 3):
        tasks, seeds = one.draw(number)
        tasks_again, seeds_again = other.draw(number)
        assert [task.key for task in tasks] == [task.key for task in tasks_again]
        np.testing.assert_array_equal(seeds, seeds_again)
    elsewhere = Trials(attrs.evolve(problem, seed=6), 32)
    assert not np.isin(elsewhere.draw(7)[1], one.draw(7)[1]).any()
    assert not np.isin(one.draw(8)[1], one.draw(7)[1]).any()


def test_every_training_task_is_as_likely(problem):
    every = [task.key for task in problem.tasks.train]
    drawn, _ = Trials(problem, 8000).draw(0)
    counts = np.bincount([every.index(task.key) for task in drawn], minlength=len(every))
    assert (np.abs(counts - 1000) < 5 * np.sqrt(1000)).all()


def test_where_there_are_no_lists_tasks_come_from_the_generator(problem, forks):
    train = forks.tasks().train
    endless = attrs.evolve(problem, tasks=TaskSet(sample=lambda rng: train[rng.integers(2)]))
    drawn, _ = Trials(endless, 50).draw(0)
    assert {task.key for task in drawn} == {task.key for task in train[:2]}
    assert len(sample_tasks(endless, 30)) == 30
    assert [task.key for task in sample_tasks(endless, 30)] == [task.key for task in sample_tasks(endless, 30)]
    assert sample_tasks(problem) == list(train)


def test_where_there_are_lists_and_a_generator_half_of_a_batch_comes_from_each(problem, forks):
    train = forks.tasks().train
    both = attrs.evolve(
        problem, tasks=TaskSet(train=train[:3], sample=lambda rng: train[3 + rng.integers(len(train) - 3)])
    )
    for batch, listed in ((40, 20), (7, 3)):
        drawn, _ = Trials(both, batch).draw(0)
        assert [task in train[:3] for task in drawn] == [True] * listed + [False] * (batch - listed)
    assert sample_tasks(both) == list(train[:3])


def test_steps_are_counted_in_exploration_and_execution(problem):
    trials = Trials(problem, 16)
    tasks, seeds = trials.draw(0)
    policy = RandomPolicy(3)
    exploration = trials.explore(policy, tasks, seeds)
    execution = trials.execute(policy, tasks, seeds)
    assert trials.taken == exploration.steps + execution.steps > 0
    assert exploration.episode.max() == problem.environment.exploration_episodes - 1
    assert execution.episode.max() == 0
    assert Trials(problem, 16, 1).explore(policy, tasks, seeds).episode.max() == 0


def test_exploration_and_execution_draw_from_different_streams(forks):
    tasks, seeds = forks.tasks().train, trial_seeds(3, 8)
    once = attrs.evolve(forks, exploration_episodes=1, exploration_steps=9, execution_steps=9)
    simulator, policy = open_simulator(once, 8), RandomPolicy(3)
    exploration = explore(once, simulator, policy, tasks, seeds)
    execution = execute(once, simulator, policy, tasks, seeds)
    assert (exploration.action[:, 0] != execution.action[:, 0]).any()
    assert not np.isin(exploration.seeds, execution.seeds).any()
    assert same(exploration, explore(once, simulator, policy, tasks, seeds))
    assert same(execution, execute(once, simulator, policy, tasks, seeds))


def test_an_instruction_is_drawn_from_its_rows_own_seed_and_marks_execution(forks):
    tasks, seeds = forks.tasks().train, trial_seeds(3, 8)
    policy = RandomPolicy(3)
    together = execute(forks, open_simulator(forks, 8), policy, tasks, seeds)
    alone = [execute(forks, open_simulator(forks, 1), policy, [tasks[b]], seeds[b : b + 1]) for b in range(8)]
    np.testing.assert_array_equal(together.instruction, np.concatenate([part.instruction for part in alone]))
    assert len(np.unique(together.instruction)) > 1
    assert together.executing.all()
    exploration = explore(forks, open_simulator(forks, 8), policy, tasks, seeds)
    assert exploration.instruction is None
    assert not exploration.executing.any()

    silent = attrs.evolve(forks, instructions=None, instruction_space=None)
    quiet = execute(silent, open_simulator(silent, 8), policy, tasks, seeds)
    assert quiet.instruction.shape == (8, 0)
    assert quiet.executing.all()


def test_rewards_that_the_environment_hides_are_hidden_in_exploration_alone(forks):
    hidden = attrs.evolve(forks, reward_seen=False)
    tasks, seeds = forks.tasks().train * 8, trial_seeds(3, 64)
    simulator, policy = open_simulator(hidden, 64), RandomPolicy(3)
    assert not explore(hidden, simulator, policy, tasks, seeds).reward.any()
    assert explore(forks, simulator, policy, tasks, seeds).reward.any()
    assert execute(hidden, simulator, policy, tasks, seeds).reward.any()


def test_trial_seeds_are_keys_below_their_base():
    assert trial_seeds(3, 4).tolist() == keys(np.full(4, 3, np.uint64), np.arange(4)).tolist()
    assert len(set(trial_seeds(3, 1000).tolist())) == 1000
