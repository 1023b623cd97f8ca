"""Rollouts: a trial in every row, packed without gaps."""

import attrs
import numpy as np
import pytest
import torch

from dreamctl import (
    CRASHED,
    Episodes,
    PluginError,
    Policy,
    RandomPolicy,
    ReplayPolicy,
    Simulator,
    Step,
    Task,
    keys,
    rollout,
)
from dreamctl.simulation.episodes import concatenate, follow
from dreamctl.simulation.policy import chosen, joined
from dreamctl.simulation.rollout import resume


class Clock(Simulator):
    """Counts its steps up to `params["length"]`, then terminates; pays the count; fails at `params["crash"]`.

    It shows the count, the episode's seed modulo 1000, and the instruction, if any.
    """

    def __init__(self, batch):
        self.batch = batch
        self.length, self.crash = np.full(batch, 10**6), np.full(batch, 10**6)
        self.count, self.seed, self.asked = np.zeros(batch, int), np.zeros(batch, int), np.zeros(batch, int)
        self.resets = []

    def reset(self, params, seeds, rows, instructions=None):
        self.count, self.seed, self.asked = self.count.copy(), self.seed.copy(), self.asked.copy()
        self.length[rows] = [p["length"] for p in params]
        self.crash[rows] = [p.get("crash", 10**6) for p in params]
        self.count[rows], self.seed[rows] = 0, seeds % np.uint64(1000)
        self.asked[rows] = 0 if instructions is None else instructions[:, 0]
        self.resets.append((rows.tolist(), seeds.tolist()))
        return self.observe()

    def step(self, actions):
        playing = (self.count < self.length) & (self.count < self.crash)
        self.count = np.where(playing, self.count + 1, self.count)
        failure = np.where(self.count >= self.crash, CRASHED, 0).astype(np.uint8)
        reward = np.where(playing, self.count, 0).astype(np.float32)
        return Step(self.observe(), reward, self.count >= self.length, np.zeros(self.batch, bool), failure)

    def observe(self):
        return np.stack([self.count, self.seed, self.asked], 1)


def tasks(*params):
    return [Task(key=str(n), params=p) for n, p in enumerate(params)]


SEEDS = np.array([11, 22, 33, 44], np.uint64)
FOUR = tasks({"length": 2}, {"length": 9}, {"length": 3, "crash": 2}, {"length": 1})


def play(policy=None, some=FOUR, seeds=SEEDS, **settings):
    return rollout(Clock(len(some)), policy or RandomPolicy(3), some, seeds, **{"steps": 3, "episodes": 2, **settings})


def test_the_episodes_of_a_trial_follow_each_other_without_gaps():
    episodes = play()
    assert episodes.action.shape == (4, 7)  # episodes * (steps + 1) - 1
    count = [
        [0, 1, 2, 0, 1, 2, 2, 2],  # terminates after 2
        [0, 1, 2, 3, 0, 1, 2, 3],  # cut after 3
        [0, 1, 2, 2, 2, 2, 2, 2],  # fails at its second step, which ends the trial
        [0, 1, 0, 1, 1, 1, 1, 1],  # terminates at once
    ]
    assert episodes.observation[..., 0].tolist() == count
    assert episodes.mask.astype(int).tolist() == [
        [1, 1, 0, 1, 1, 0, 0],
        [1, 1, 1, 0, 1, 1, 1],
        [1, 1, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 0, 0, 0],
    ]
    assert episodes.episode.tolist() == [
        [0, 0, 0, 1, 1, 1, 1, 1],
        [0, 0, 0, 0, 1, 1, 1, 1],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 1, 1, 1],
    ]
    assert episodes.terminated.astype(int).tolist() == [
        [0, 1, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 0, 0, 0],
    ]
    np.testing.assert_array_equal(episodes.reward, np.where(episodes.mask, episodes.observation[:, 1:, 0], 0))
    np.testing.assert_array_equal(episodes.action >= 0, episodes.mask)
    assert episodes.failure.tolist() == [0, 0, CRASHED, 0]
    assert [task.key for task in episodes.tasks] == ["0", "1", "2", "3"]


def test_an_episode_is_reset_with_its_own_seed():
    simulator = Clock(4)
    episodes = rollout(simulator, RandomPolicy(3), FOUR, SEEDS, steps=3, episodes=2)
    seeds = np.stack([keys(SEEDS, 0), keys(SEEDS, 1)])  # [episode, B]
    expected = seeds[episodes.episode, np.arange(4)[:, None]] % np.uint64(1000)
    np.testing.assert_array_equal(episodes.observation[..., 1], expected)
    for rows, given in simulator.resets[1:]:
        assert given == seeds[1, rows].tolist()
    assert sorted(row for rows, _ in simulator.resets[1:] for row in rows) == [0, 1, 3], "a failed row is left alone"


def test_rows_alone_play_as_they_play_in_a_batch():
    together = play()
    for row in range(4):
        alone = play(some=FOUR[row : row + 1], seeds=SEEDS[row : row + 1])
        for f in attrs.fields(Episodes):
            value = getattr(alone, f.name)
            if isinstance(value, np.ndarray):
                np.testing.assert_array_equal(value[0], getattr(together, f.name)[row], err_msg=f.name)


def test_recorded_actions_play_the_same_trial_again():
    once = play()
    again = play(ReplayPolicy(once.action))
    for name in ("observation", "action", "reward", "mask", "episode"):
        np.testing.assert_array_equal(getattr(again, name), getattr(once, name))


class Looking(Policy):
    """Keeps everything it is shown."""

    def __init__(self):
        self.seen, self.uniform, self.began = [], [], []

    def start(self, batch, condition=None):
        self.began.append(condition)
        return 0

    def act(self, seen, memory, uniform):
        assert memory == len(self.seen), "memory is kept through the whole trial"
        self.seen.append(seen)
        self.uniform.append(uniform)
        return (uniform * 3).astype(np.int64), memory + 1


def test_a_policy_is_shown_what_the_episodes_hold():
    policy = Looking()
    condition = np.arange(4)
    episodes = play(policy, condition=condition)
    assert policy.began == [condition]
    for t, seen in enumerate(policy.seen):
        now = episodes.valid[:, t]
        np.testing.assert_array_equal(seen.observation[now], episodes.observation[now, t])
        np.testing.assert_array_equal(seen.new_episode[now], episodes.starts[now, t])
        before = (np.full(4, -1), np.zeros(4)) if t == 0 else (episodes.action[:, t - 1], episodes.reward[:, t - 1])
        np.testing.assert_array_equal(seen.action[now], before[0][now])
        np.testing.assert_array_equal(seen.reward[now], before[1][now])
        assert seen.instruction is None
    uniform = np.stack(policy.uniform, 1)[:, :-1][episodes.mask]
    assert len(np.unique(uniform)) == uniform.size, "every row, episode and step draws its own number"


def test_a_policy_is_shown_how_far_the_episode_is_and_how_it_ends():
    policy = Looking()
    episodes = play(policy)
    assert len(policy.seen) == episodes.valid.shape[1]
    for t, seen in enumerate(policy.seen):
        now = episodes.valid[:, t]
        np.testing.assert_array_equal(seen.taken[now], episodes.observation[now, t, 0])
        np.testing.assert_array_equal(seen.observation[now], episodes.observation[now, t])


# --- played on ------------------------------------------------------------------------------------------------------


class Wandering(Policy):
    """Acts on what it has seen in the whole trial so far, in a memory of every kind of container."""

    def start(self, batch, condition=None):
        return {"seen": (np.zeros(batch), torch.zeros(batch)), "acts": np.zeros((batch, 2)), "name": "wandering"}

    def act(self, seen, memory, uniform):
        total, drawn = memory["seen"]
        memory = {
            **memory,
            "seen": (total + seen.observation[:, 0], drawn + torch.from_numpy(uniform).float()),
            "acts": memory["acts"] + [1, 0],
        }
        return (total + drawn.numpy() + memory["acts"].sum(1) + uniform * 3).astype(int) % 3, memory


class Paid(Clock):
    """Pays the action too, so that what is played can be told from what is not."""

    def step(self, actions):
        result = super().step(actions)
        return attrs.evolve(result, reward=np.where(result.reward > 0, result.reward + actions, 0).astype(np.float32))


LONG = tasks(*({"length": n} for n in (2, 9, 3, 1, 4, 5)))
MORE = np.array([11, 22, 33, 44, 55, 66], np.uint64)


def shards(memory, rows, first, episodes=1):
    """The rows played on in a simulator of their own."""
    return resume(
        Paid(len(rows)), Wandering(), memory, [LONG[row] for row in rows], MORE[rows], steps=3, first=first,
        episodes=episodes,
    )  # fmt: skip


def same(one, other):
    """Whether two trials hold the same, whatever padding there is behind them."""
    for f in attrs.fields(Episodes):
        a, b = getattr(one, f.name), getattr(other, f.name)
        if isinstance(a, np.ndarray) and a.ndim > 1:
            n = min(a.shape[1], b.shape[1])
            np.testing.assert_array_equal(a[:, :n], b[:, :n])
        elif isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one.valid.sum(1), other.valid.sum(1))


def test_a_trial_played_in_parts_is_the_trial_played_in_one_go():
    whole = rollout(Paid(6), Wandering(), LONG, MORE, steps=3, episodes=4)
    parts, memory = shards(Wandering().start(6), np.arange(6), 0)
    for first, episodes in ((1, 2), (3, 1)):
        more, memory = shards(memory, np.arange(6), first, episodes)
        parts = follow(parts, more)
    same(parts, whole)


def test_rows_may_part_and_meet_again_between_episodes():
    whole = rollout(Paid(6), Wandering(), LONG, MORE, steps=3, episodes=3)
    begun, memory = shards(Wandering().start(6), np.arange(6), 0)
    groups = [np.array([4, 0]), np.array([3, 5, 1]), np.array([2])]
    parts, memories = [], []
    for rows in groups:
        more, after = shards(chosen(memory, rows), rows, 1)
        parts.append(follow(begun.rows(rows), more))
        memories.append(after)
    some = np.concatenate(groups)[:5]  # the last row has had enough
    more, _ = shards(chosen(joined(memories), np.arange(5)), some, 2)
    same(follow(concatenate(parts).rows(slice(5)), more), whole.rows(some))
    same(parts[2], rollout(Paid(1), Wandering(), LONG[2:3], MORE[2:3], steps=3, episodes=2))


def test_hidden_rewards_are_zero_for_the_player_and_for_the_reader():
    policy = Looking()
    hidden = play(policy, reward_seen=False)
    assert not hidden.reward.any()
    assert not any(seen.reward.any() for seen in policy.seen)
    shown = play()
    assert shown.reward.any()
    np.testing.assert_array_equal(hidden.observation, shown.observation)


def test_an_instruction_marks_execution_reaches_simulator_and_player_and_stays_the_same():
    policy, asked = Looking(), np.array([[5], [6], [7], [8]])
    episodes = play(policy, instruction=asked)
    assert episodes.executing.all()
    assert all(seen.instruction is asked for seen in policy.seen)
    np.testing.assert_array_equal(episodes.observation[..., 2], np.broadcast_to(asked, (4, 8)))
    assert not play().executing.any()


@pytest.mark.parametrize("steps", [1, 4, 20])
def test_no_episode_is_longer_than_its_limit_and_none_is_cut_short(steps):
    episodes = play(steps=steps, episodes=3, some=tasks(*({"length": n} for n in (1, 4, 5, 30))))
    for row, length in enumerate((1, 4, 5, 30)):
        for number in range(3):
            inside = episodes.mask[row] & (episodes.episode[row, :-1] == number)
            assert inside.sum() == min(length, steps)
            assert episodes.terminated[row][inside].sum() == (length <= steps)


@pytest.mark.parametrize("chosen", [np.full(4, 3), np.full(4, -1), np.full(4, 0.5), np.zeros(3, np.int64), None])
def test_an_action_that_there_is_not_is_refused(chosen):
    class Wrong(Policy):
        def start(self, batch, condition=None):
            return None

        def act(self, seen, memory, uniform):
            return chosen, memory

    with pytest.raises(PluginError, match="Wrong: act\\(\\) gives a whole number from 0 to 2 per row"):
        play(policy=Wrong(), actions=3)
