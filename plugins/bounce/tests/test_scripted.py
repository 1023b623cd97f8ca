import numpy as np

from dreamctl import RandomPolicy, Task, open_simulator, rollout
from dreamctl.simulation.episodes import concatenate, follow
from dreamctl.simulation.policy import chosen, joined
from dreamctl.simulation.rollout import resume
from dreamctl_bounce import bounce
from dreamctl_bounce.generator import sample
from dreamctl_bounce.programs import Program
from dreamctl_bounce.scripted import STYLES, ScriptedPolicy

PLAYABLE = Task(
    key="right",
    params=Program.from_json(
        {
            "when run": ["launch new ball"],
            "when left arrow": ["move left"],
            "when right arrow": ["move right"],
            "when ball hits paddle": ["bounce ball"],
            "when ball hits wall": ["bounce ball"],
            "when ball in goal": ["score point", "launch new ball"],
            "when ball misses paddle": ["score opponent point", "launch new ball"],
        }
    ),
)


def explore(policy, tasks, seed=0, episodes=8):
    seeds = np.arange(len(tasks), dtype=np.uint64) + np.uint64(seed)
    return rollout(open_simulator(bounce(), len(tasks)), policy, tasks, seeds, steps=100, episodes=episodes)


def total(episodes, name):
    counts = episodes.observation[..., bounce().features.index(name)] * episodes.valid
    return counts.sum(1)


def test_eight_episodes_together_reach_every_event():
    episodes = explore(ScriptedPolicy(), [PLAYABLE] * 32)
    for name in bounce().events:
        assert (total(episodes, name) > 0).mean() > 0.95, name


def counted_in(episodes, name, number):
    counts = episodes.observation[:, 1:, bounce().features.index(name)] * episodes.mask
    return counts[episodes.episode[:, 1:] == number].sum()


def test_aiming_reaches_the_goal_twice_as_often_as_random_keys():
    scripted, random = (explore(policy, [PLAYABLE] * 64, episodes=2) for policy in (ScriptedPolicy(), RandomPolicy(3)))
    assert counted_in(scripted, "goal_entered", 1) > 2 * counted_in(random, "goal_entered", 1)


def test_fleeing_misses_more_than_twice_as_often_as_aiming():
    episodes = explore(ScriptedPolicy(), [PLAYABLE] * 64, episodes=3)
    assert counted_in(episodes, "miss", 2) > 2 * counted_in(episodes, "miss", 1)


def test_a_row_plays_the_same_whatever_shares_its_batch():
    tasks = [sample(np.random.default_rng(seed)) for seed in range(6)]
    together, alone = explore(ScriptedPolicy(), tasks), explore(ScriptedPolicy(), tasks[3:4], seed=3)
    assert (together.action[3] == alone.action[0]).all()
    assert (together.observation[3] == alone.observation[0]).all()


def test_each_style_is_a_distribution():
    assert np.allclose(STYLES.sum(1), 1)
    assert len(STYLES) == bounce().exploration_episodes


def test_a_script_that_is_interrupted_between_episodes_and_goes_on_in_other_company_plays_the_same():
    tasks = [sample(np.random.default_rng(seed)) for seed in range(6)]
    whole, policy = explore(ScriptedPolicy(), tasks, episodes=3), ScriptedPolicy()

    def play(memory, rows, first):
        some = [tasks[row] for row in rows]
        simulator = open_simulator(bounce(), len(rows))
        return resume(simulator, policy, memory, some, rows.astype(np.uint64), steps=100, first=first)

    begun, memory = play(policy.start(6), np.arange(6), 0)
    halves = [np.array([5, 0]), np.array([3, 1, 2, 4])]
    parts, memories = [], []
    for rows in halves:
        more, after = play(chosen(memory, rows), rows, 1)
        parts.append(follow(begun.rows(rows), more))
        memories.append(after)
    order = np.concatenate(halves)
    more, _ = play(joined(memories), order, 2)
    played = follow(concatenate(parts), more).rows(np.argsort(order))
    steps = whole.action.shape[1]
    np.testing.assert_array_equal(played.action[:, :steps], whole.action)
    np.testing.assert_array_equal(played.observation[:, : steps + 1], whole.observation)
    assert whole.steps == played.steps
