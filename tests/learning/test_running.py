"""Statistics of events, against sums written out: after every prefix, acting and learning alike."""

import attrs
import numpy as np
import pytest
from gymnasium import spaces

from dreamctl import Environment, RandomPolicy, Seen, Task, TaskSet, rollout
from dreamctl.learning import follow, running_statistics, statistic_names, statistics
from dreamctl.learning.events import Reading
from dreamctl.learning.running import RIDGE, advance, now, start, statistics_after, statistics_at
from dreamctl.testing import ScriptedSimulator

# of the columns of `forks`, as if the way counted two kinds of things; several can happen in one step
DECLARED = {
    "features": ("way", "distance", "symbol", "tile 0", "tile 1"),
    "events": ("distance", "tile 0"),
    "outcomes": ("symbol",),
    "totals": ("way",),
}
BOUNDED = spaces.Box(0, np.array([4, 2, 4, 4, 4], np.uint8), dtype=np.uint8)
KINDS = {
    "declared": DECLARED,
    "not declared": {"features": ()},
    "sometimes unseen": {
        **DECLARED,
        "observation_space": BOUNDED,
        "unseen": {"symbol": "distance", "way": "distance"},
    },
}


@pytest.fixture(params=KINDS)
def environment(request, forks):
    return attrs.evolve(forks, **KINDS[request.param])


def names_of(environment):
    """Events, outcomes, totals with their columns, and which outcomes hide when the distance is 2."""
    if environment.events:
        hidden = [bool(environment.unseen)] * 2 + [False]
        return ["distance", "tile 0"], ["symbol", "change of way", "reward"], {"way": 0}, hidden
    changes = [f"change of feature {i}" for i in range(5)]
    actions = ["action hallway 1", "action hallway 2", "action back"]
    return actions, [*changes, "reward"], {f"feature {i}": i for i in range(5)}, [False] * 6


def steps_of(environment, episodes, row, end):
    """Event counts [n, E] and outcomes [n, D] of each step of a row as far as a position, and if all showed [n]."""
    seen = episodes.observation[row].astype(float)
    events, outcomes, shows = [], [], []
    for t in np.flatnonzero(episodes.mask[row, :end]):
        change = seen[t + 1] - seen[t]
        if environment.events:
            events.append([seen[t + 1][1], seen[t + 1][3]])
            outcomes.append([seen[t + 1][2], change[0], episodes.reward[row, t]])
        else:
            events.append([float(episodes.action[row, t] == a) for a in range(3)])
            outcomes.append([*change, episodes.reward[row, t]])
        shows.append(not (environment.unseen and seen[t][1] == 2))
    e, d, _, _ = names_of(environment)
    return np.array(events).reshape(-1, len(e)), np.array(outcomes).reshape(-1, len(d)), np.array(shows, bool)


def written_out(environment, episodes, row, end):
    """Every statistic by its name."""
    events, outcomes, totals, hidden = names_of(environment)
    n, y, shows = steps_of(environment, episodes, row, end)
    made = {}
    for kind, some, which in (("", np.ones(len(n), bool), False), (" hidden", shows, True)):
        x = np.concatenate([n, np.ones((len(n), 1))], 1)[some]
        p = np.linalg.inv(x.T @ x + RIDGE * np.eye(x.shape[1]))
        w = p @ x.T @ y[some]
        for i, event in enumerate([*events, "nothing"]):
            cause = "any step" if event == "nothing" else event
            happened = (n != 0).sum(1)
            alone = happened == 0 if event == "nothing" else (happened == 1) & (n[:, min(i, n.shape[1] - 1)] != 0)
            alone &= some
            words = ("uncertainty about unseen outcomes of", "steps that show all with") if kind else (
                "uncertainty about", "steps with")  # fmt: skip
            made[f"{words[0]} {cause}"] = np.log(p[i, i])
            made[f"{words[1]} {event} alone"] = np.log1p(alone.sum())
            for j, outcome in enumerate(outcomes):
                if hidden[j] != which:
                    continue
                each = y[alone, j] / (1 if event == "nothing" else n[alone, i])
                made[f"{outcome} per {cause}"] = w[i, j]
                made[f"least {outcome} with {event} alone"] = each.min(initial=np.inf) if alone.any() else 0
                made[f"most {outcome} with {event} alone"] = each.max(initial=-np.inf) if alone.any() else 0
    for total, column in totals.items():
        latest = np.flatnonzero(episodes.starts[row, : end + 1])[-1]
        for when, t in (("at the first start", 0), ("at the latest start", latest), ("now", end)):
            made[f"{total} {when}"] = episodes.observation[row, t, column]
    return made


def test_every_statistic_is_what_its_name_says_after_every_prefix(environment, played):
    episodes = played(12)
    names, made = statistic_names(environment), running_statistics(environment, episodes)
    assert made.shape == (*episodes.valid.shape, len(names))
    assert made.dtype == np.float32
    blind_steps = 0
    for row in range(12):
        for t in np.flatnonzero(episodes.valid[row]):
            expected = written_out(environment, episodes, row, t)
            assert sorted(expected) == sorted(names)
            np.testing.assert_allclose(made[row, t], [expected[name] for name in names], rtol=1e-3, atol=1e-3)
            blind_steps += (~steps_of(environment, episodes, row, t)[2]).sum()
    assert bool(blind_steps) == bool(environment.unseen)


def test_acting_sees_the_same_numbers_as_the_whole_sequence(environment, played):
    episodes = played(20)
    whole, running = running_statistics(environment, episodes), start(environment, 20)
    for t in range(episodes.episode.shape[1]):
        seen = Seen(
            observation=episodes.observation[:, t],
            action=episodes.action[:, t - 1] if t else np.full(20, -1),
            reward=episodes.reward[:, t - 1] if t else np.zeros(20, np.float32),
            new_episode=episodes.starts[:, t],
            taken=np.zeros(20, int),
        )
        advance(Reading.of(environment), running, episodes.observation[:, max(0, t - 1)], seen, t == 0)
        rows = np.flatnonzero(episodes.valid[:, t])
        np.testing.assert_array_equal(now(running, rows), whole[rows, t])


def test_taken_in_part_by_part_they_are_those_of_the_whole(environment, played):
    one, two, three = (played(20, seed=seed) for seed in range(3))
    first, memory = statistics_after(environment, one, None)
    np.testing.assert_array_equal(first, statistics(environment, one))
    _, memory = statistics_after(environment, two, memory)
    last, _ = statistics_after(environment, three, memory)
    np.testing.assert_array_equal(last, statistics(environment, follow(follow(one, two), three)))


def test_at_some_positions_they_are_those_after_every_prefix(environment, played):
    episodes = played(20)
    last = episodes.valid.sum(1) - 1
    at = np.sort((np.random.default_rng(0).random((20, 6)) * (last[:, None] + 1)).astype(int), 1)
    assert (np.diff(at, axis=1) == 0).any(), "a position may be asked for twice"
    every = running_statistics(environment, episodes)
    rows = np.arange(20)
    np.testing.assert_array_equal(statistics_at(environment, episodes, at), every[rows[:, None], at])
    np.testing.assert_array_equal(statistics(environment, episodes), every[rows, last])


def test_prefixes_know_nothing_of_the_future(environment, played, other_future):
    one, other = played(20), played(20, seed=1)
    before = running_statistics(environment, one)
    after = running_statistics(environment, other_future(one, other, 6))
    np.testing.assert_array_equal(before[:, :7], after[:, :7])
    assert (before[:, 7] != after[:, 7]).any()


def test_padding_repeats_the_last_and_other_rows_do_not_matter(environment, played, padded):
    episodes = played(20)
    made = running_statistics(environment, episodes)
    longer = running_statistics(environment, padded(episodes, 3))
    np.testing.assert_array_equal(longer[:, :-3], made)
    np.testing.assert_array_equal(longer[:, -3:], np.repeat(made[:, -1:], 3, 1))
    for row in range(20):
        alone = running_statistics(environment, episodes.rows(slice(row, row + 1)))
        np.testing.assert_array_equal(alone[0], made[row])


def test_the_order_in_which_things_happened_does_not_matter_but_to_totals(environment, played):
    one, other = played(6, seed=0), played(6, seed=1)
    places = [i for i, name in enumerate(statistic_names(environment)) if not name.endswith(("start", "now"))]
    first = statistics(environment, follow(one, other))[:, places]
    second = statistics(environment, follow(other, one))[:, places]
    np.testing.assert_allclose(first, second, rtol=1e-3, atol=1e-3)


# --- a launch that cannot show --------------------------------------------------------------------------------------

CANNON = Environment(  # every launch makes a ball appear while there is room for it
    name="cannon",
    observation_space=spaces.Box(0, np.array([2, 9, 9, 9], np.float32)),
    actions=("launch", "wait"),
    features=("balls", "launches", "appeared", "points"),
    events=("launches",),
    outcomes=("appeared", "points"),
    totals=("balls",),
    unseen={"appeared": "balls", "balls": "balls"},
    exploration_steps=5,
    tasks=TaskSet,
    simulator=lambda batch: ScriptedSimulator(batch, (4,)),
)
SCRIPT = [
    ([0, 0, 0, 0], 0, False),
    ([1, 1, 1, 0], 0, False),
    ([2, 1, 1, 0], 0, False),
    ([2, 1, 0, 3], 0, False),  # there is no room, and points
    ([2, 1, 0, 3], 0, False),
]


def fired():
    script = [(np.array(o, np.float32), r, over) for o, r, over in SCRIPT]
    tasks = [Task(key="a", params=script)]
    return rollout(ScriptedSimulator(1, (4,)), RandomPolicy(2), tasks, np.zeros(1, np.uint64), steps=4)


def test_nothing_is_learned_of_what_cannot_show_from_a_step_in_which_it_cannot():
    names, episodes = statistic_names(CANNON), fired()
    with_room, after = (dict(zip(names, running_statistics(CANNON, episodes)[0, t], strict=True)) for t in (2, 4))
    for outcome in ("appeared", "change of balls"):
        for name in (f"{outcome} per launches", f"least {outcome} with launches alone"):
            assert after[name] == with_room[name]
        assert after[f"least {outcome} with launches alone"] == 1
    about = "uncertainty about unseen outcomes of launches"
    assert after[about] == with_room[about]
    assert after["uncertainty about launches"] < with_room["uncertainty about launches"]
    assert np.expm1([after["steps with launches alone"], after["steps that show all with launches alone"]]) == (
        pytest.approx([4, 2])
    )
    assert (with_room["most points with launches alone"], after["most points with launches alone"]) == (0, 3)


def test_without_unseen_outcomes_the_same_launches_look_as_if_they_failed():
    environment = attrs.evolve(CANNON, unseen={})
    made = dict(zip(statistic_names(environment), statistics(environment, fired())[0], strict=True))
    assert made["least appeared with launches alone"] == 0
    assert made["appeared per launches"] < 0.4
