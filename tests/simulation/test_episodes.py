"""Episodes: rows, joins, and what counts."""

import attrs
import numpy as np

from dreamctl import Episodes
from dreamctl.learning import running_statistics
from dreamctl.simulation.episodes import concatenate, cut, follow


def arrays(episodes):
    return {f.name: getattr(episodes, f.name) for f in attrs.fields(Episodes) if f.name != "tasks"}


def test_padding_is_not_valid_and_comes_last(played, padded):
    episodes = played(20)
    valid = episodes.valid
    assert valid[:, 0].all()
    assert (np.diff(valid.astype(int), axis=1) <= 0).all()
    # every step and every start is an observation
    np.testing.assert_array_equal(valid.sum(1), episodes.mask.sum(1) + episodes.starts.sum(1))
    np.testing.assert_array_equal(padded(episodes, 3).valid[:, :-3], valid)
    assert not padded(episodes, 3).valid[:, -3:].any()


def test_steps_and_returns_count_what_was_played(played, padded):
    episodes = padded(played(20), 2)
    episodes.reward[:, -1] = 99  # in the padding
    assert episodes.steps == episodes.mask.sum()
    expected = [row[mask].sum() for row, mask in zip(episodes.reward, episodes.mask, strict=True)]
    np.testing.assert_allclose(episodes.returns, expected)
    assert episodes.returns.dtype == np.float64


def test_rows_and_their_concatenation_are_the_whole(played):
    for episodes in (played(9), played(9, executing=True)):
        parts = [episodes.rows(slice(0, 4)), episodes.rows(np.arange(4, 9))]
        assert [len(part) for part in parts] == [4, 5]
        whole = concatenate(parts)
        for name, value in arrays(episodes).items():
            np.testing.assert_array_equal(getattr(whole, name), value)
        assert [task.key for task in whole.tasks] == [task.key for task in episodes.tasks]
        shuffled = episodes.rows(np.array([5, 2, 2]))
        assert [task.key for task in shuffled.tasks] == [episodes.tasks[i].key for i in (5, 2, 2)]
        np.testing.assert_array_equal(shuffled.action, episodes.action[[5, 2, 2]])


def test_without_tasks_nothing_names_them(played):
    hidden = played(4).without_tasks()
    assert hidden.tasks is None
    assert hidden.rows(slice(2)).tasks is None
    assert concatenate([hidden, hidden]).tasks is None


def test_an_execution_follows_its_exploration_without_a_gap(played):
    first, second = played(20), played(20, executing=True)
    whole = follow(first, second)
    for row in range(20):
        n, m = first.valid[row].sum(), second.valid[row].sum()
        assert whole.valid[row].sum() == n + m
        for name in ("observation", "executing"):
            np.testing.assert_array_equal(getattr(whole, name)[row, :n], getattr(first, name)[row, :n])
            np.testing.assert_array_equal(getattr(whole, name)[row, n : n + m], getattr(second, name)[row, :m])
            assert (getattr(whole, name)[row, n + m :] == getattr(second, name)[row, m - 1]).all()
        for name, none in (("action", -1), ("reward", 0), ("terminated", False), ("mask", False)):
            made = getattr(whole, name)[row]
            np.testing.assert_array_equal(made[: n - 1], getattr(first, name)[row, : n - 1])
            assert made[n - 1] == none, "the slot between the two"
            np.testing.assert_array_equal(made[n : n + m - 1], getattr(second, name)[row, : m - 1])
            assert (made[n + m - 1 :] == none).all()
        last = first.episode[row, n - 1]
        np.testing.assert_array_equal(whole.episode[row, :n], first.episode[row, :n])
        assert (whole.episode[row, n:] == last + 1).all()
    np.testing.assert_array_equal(whole.instruction, second.instruction)
    np.testing.assert_allclose(whole.returns, first.returns + second.returns)


def test_padding_of_either_part_changes_nothing_of_the_whole(played, padded):
    first, second = played(20), played(20, executing=True)
    whole = follow(first, second)
    longer = follow(padded(first, 3), padded(second, 2))
    steps = whole.action.shape[1]
    for name in ("observation", "executing", "episode"):
        np.testing.assert_array_equal(getattr(longer, name)[:, : steps + 1], getattr(whole, name))
    for name in ("action", "reward", "terminated", "mask"):
        np.testing.assert_array_equal(getattr(longer, name)[:, :steps], getattr(whole, name))
    np.testing.assert_array_equal(longer.valid.sum(1), whole.valid.sum(1))


def test_a_cut_keeps_so_many_steps_and_pads_the_rest(forks, played):
    episodes = played(20)
    at = (np.random.default_rng(0).random(20) * episodes.valid.sum(1)).astype(int)
    assert set(at) >= {0, 5}
    short = cut(episodes, at)
    np.testing.assert_array_equal(short.valid.sum(1), at + 1)
    whole = running_statistics(forks, episodes)
    np.testing.assert_array_equal(running_statistics(forks, short)[:, -1], whole[np.arange(20), at])
    for row, n in enumerate(at):
        for name in ("observation", "episode", "executing"):
            np.testing.assert_array_equal(getattr(short, name)[row, : n + 1], getattr(episodes, name)[row, : n + 1])
            assert (getattr(short, name)[row, n + 1 :] == getattr(episodes, name)[row, n]).all()
        for name, none in (("action", -1), ("reward", 0), ("terminated", False), ("mask", False)):
            np.testing.assert_array_equal(getattr(short, name)[row, :n], getattr(episodes, name)[row, :n])
            assert (getattr(short, name)[row, n:] == none).all()


def test_rows_that_are_shorter_are_padded_where_they_are_put_together(played, padded):
    short, long = played(20), follow(played(3), played(3, seed=1))
    both = concatenate([short, long])
    alone = padded(short, long.action.shape[1] - short.action.shape[1])
    for name, value in arrays(short).items():
        if value is not None:
            np.testing.assert_array_equal(getattr(both, name)[:20], getattr(alone, name))
            np.testing.assert_array_equal(getattr(both, name)[20:], getattr(long, name))
            assert getattr(both, name).dtype == value.dtype
    assert both.tasks == short.tasks + long.tasks
    assert both.steps == short.steps + long.steps
