import numpy as np
import pytest

from dreamctl import plugins
from dreamctl.runs.directory import load_run
from dreamctl.runs.play import Scripted, explore, trials
from dreamctl.runs.seeding import task_seeds
from dreamctl.simulation.policy import RandomPolicy


@pytest.fixture
def lamps(tiny):
    return plugins.find_environment(plugins.load(tiny), "lamps")


def test_a_task_is_played_the_same_whatever_shares_its_shard(lamps):
    tasks = lamps.tasks().train[:10]
    seeds = task_seeds(0, 1, tasks)
    policy = RandomPolicy(len(lamps.actions))
    (together,) = explore(lamps, policy, tasks, seeds, rows=16)
    shards = list(explore(lamps, policy, tasks, seeds, rows=4))
    assert [len(shard) for shard in shards] == [4, 4, 2]
    for name in ("observation", "action", "reward", "mask", "episode", "seeds"):
        np.testing.assert_array_equal(np.concatenate([getattr(s, name) for s in shards]), getattr(together, name))


def test_sentences_about_failures_come_with_the_rows_that_failed(lamps, tmp_path):
    import json

    path = tmp_path / "s.json"
    path.write_text(json.dumps([{"id": "ok", "broken": [0, 1]}, {"id": "bad", "broken": [0, 0], "crashing": True}]))
    tasks = [submission.task for submission in lamps.read_submissions(path)]
    failures = []
    list(explore(lamps, RandomPolicy(3), tasks, task_seeds(0, 1, tasks), rows=4, failures=failures))
    assert failures == ["", "the lamp shop caught fire"]


def test_only_a_told_player_sees_tasks(trained):
    run = load_run(trained("doors"))
    tasks = run.environment.tasks().test

    class Looking(Scripted):
        seen = ()

        def condition(self, explorations):
            self.seen = explorations.tasks

    for told in (False, True):
        player = Looking(RandomPolicy(4))
        list(trials(run.environment, player, tasks, task_seeds(0, 1, tasks), told=told, rows=4))
        assert (player.seen is not None) == told


def test_shuffled_explorations_are_worth_no_more_than_guessing(trained):
    run = load_run(trained("doors"))
    tasks = list(run.environment.tasks().test) * 512
    seeds = np.random.default_rng(0).integers(0, 2**63, len(tasks)).astype(np.uint64)

    def mean(shuffle):
        shards = trials(run.environment, run.player, tasks, seeds, shuffle=shuffle)
        return np.concatenate([execution.returns for _, execution in shards]).mean()

    assert mean(False) == 1.0
    assert mean(True) == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / len(tasks)))
