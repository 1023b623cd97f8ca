"""PPO over skills: what is held, what is written down, and what is learned of it."""

import copy

import attrs
import numpy as np
import pytest
import torch

from dreamctl import Environment, Problem, Simulator, Step, Task, TaskSet, keys, open_simulator
from dreamctl.algorithms.running import RunningJudge
from dreamctl.errors import PluginError
from dreamctl.learning import Inputs, Journal, SkilledLearner, SkilledOptions, Trials, explore
from dreamctl.learning.skilled import with_belief
from dreamctl.simulation.episodes import follow
from dreamctl.simulation.policy import chosen, joined
from dreamctl.simulation.rollout import resume
from dreamctl.testing import bandit

HOLD = 2


def offered(observation):
    """Two skills: to walk on where the distance is even, and to go back there; a symbol is a reason to think again."""
    even = observation[..., 1] % 2 == 0
    actions = np.stack([np.where(even, 0, 2), np.where(even, 2, 1)], -1)
    return actions, observation[..., 2] > 0


@pytest.fixture
def skilled(forks):
    return attrs.evolve(forks, exploration_steps=9, skills=offered, skill_names=("on", "back"))


@pytest.fixture
def judge(forks, left_or_tile):
    judge = RunningJudge(Problem(environment=forks, rubric=left_or_tile, tasks=forks.tasks()))
    torch.manual_seed(0)
    torch.nn.init.normal_(judge.net.head.weight)
    return judge


def make(environment, judge=None, **options):
    torch.manual_seed(1)
    follower, options = judge and judge.follower(), SkilledOptions(**{"hidden": 16, "hold": HOLD, **options})
    learner = SkilledLearner(Inputs(environment), options, follower=follower, items=2)
    torch.nn.init.normal_(learner.net.head.weight, std=0.3)
    return learner


def rolled(learner, batch=20, seed=0):
    """Explorations, and the journal of them."""
    environment, journal = learner.inputs.environment, Journal()
    train = environment.tasks().train
    tasks, seeds = [train[row % len(train)] for row in range(batch)], keys(np.arange(batch, dtype=np.uint64), seed)
    episodes = explore(environment, open_simulator(environment, batch), learner.policy(journal), tasks, seeds)
    journal.close(episodes.valid.shape[1], learner.follower)
    return episodes, journal


def steps_so_far(episodes):
    """[B, T+1] steps taken in the episode that a position belongs to."""
    taken = np.zeros(episodes.valid.shape, int)
    for t in range(episodes.mask.shape[1]):
        taken[:, t + 1] = np.where(episodes.mask[:, t], taken[:, t] + 1, 0)
    return taken


def weights(net):
    return torch.cat([p.detach().flatten() for p in net.parameters()])


# --- what is decided, held and written down -------------------------------------------------------------------------


@pytest.mark.parametrize("acting_on", ["belief", "memory"])
def test_the_journal_holds_what_the_whole_sequence_gives(skilled, judge, acting_on):
    learner = make(skilled, judge if acting_on == "belief" else None)
    episodes, journal = rolled(learner)
    valid, believed = episodes.valid, None
    decided = journal.decided & valid
    assert 0.2 < decided.sum() / valid.sum() < 0.9
    if acting_on == "belief":
        believed = judge.predict(episodes)
        held, last = believed.copy(), valid.sum(1) - 1
        for row, t in np.argwhere(valid & ~journal.decided):
            later = np.flatnonzero(decided[row, t:])
            held[row, t] = believed[row, t + later[0] if len(later) else last[row]]
        np.testing.assert_allclose(journal.belief[valid], held[valid], rtol=0, atol=1e-6)
    clock = torch.from_numpy(steps_so_far(episodes)[..., None] / skilled.exploration_steps).float()
    x = torch.cat([with_belief(learner.inputs.of_episodes(episodes), believed), clock], 2)
    np.testing.assert_allclose(journal.x[decided], x.numpy()[decided], rtol=0, atol=1e-4)
    with torch.no_grad():
        out = learner.net(x)
    log_pi = out[..., :-1].log_softmax(2).numpy()
    of_skill = np.take_along_axis(log_pi, journal.skill[..., None], 2)[..., 0]
    np.testing.assert_allclose(journal.log_pi[decided], of_skill[decided], rtol=0, atol=1e-4)
    np.testing.assert_allclose(journal.value[decided], out[..., -1].numpy()[decided], rtol=0, atol=1e-4)


@pytest.mark.parametrize("hold", [1, 2, 100])
def test_a_skill_is_held_until_it_is_time_to_think_again_or_it_has_lasted_long_enough(skilled, judge, hold):
    episodes, journal = rolled(make(skilled, judge, hold=hold))
    actions, anew = offered(episodes.observation)
    reasons = dict.fromkeys(("start", "anew", "lasted", "none"), 0)
    for row in range(20):
        held = 0
        for t in np.flatnonzero(episodes.valid[row]):
            reason = (
                "start" if episodes.starts[row, t]
                else "anew" if anew[row, t]
                else "lasted" if held >= hold
                else "none"
            )  # fmt: skip
            reasons[reason] += 1
            assert journal.decided[row, t] == (reason != "none")
            if reason == "none":
                assert journal.skill[row, t] == journal.skill[row, t - 1]
            held = held + 1 if reason == "none" else 1
            if t < episodes.mask.shape[1] and episodes.mask[row, t]:
                assert episodes.action[row, t] == actions[row, t, journal.skill[row, t]]
    assert reasons["start"] > 0
    assert reasons["anew"] > 0
    assert (reasons["lasted"] > 0) == (hold < 9)
    assert (reasons["none"] > 0) == (hold > 1)


def test_without_skills_every_action_is_one_and_is_chosen_anew_at_each_step(forks, judge):
    learner = make(forks, judge)
    assert learner.skills == 3
    episodes, journal = rolled(learner)
    assert journal.decided[episodes.valid].all()
    np.testing.assert_array_equal(journal.skill[:, :-1][episodes.mask], episodes.action[episodes.mask])
    assert len(np.unique(episodes.action[episodes.mask])) == 3


def test_skills_are_drawn_with_their_probabilities(skilled):
    learner = make(skilled)
    policy, batch = learner.policy(), 4000
    rolled_out, _ = rolled(learner, 1)
    seen = attrs.evolve(first_seen(rolled_out, batch))
    uniform = (np.arange(batch) + 0.5) / batch
    _, memory = policy.act(seen, policy.start(batch), uniform)
    assert (np.diff(memory.skill) >= 0).all(), "the inverse of a cumulative distribution rises"
    with torch.no_grad():
        x = torch.cat([learner.inputs.of_seen(seen), torch.zeros(batch, 1)], 1)
        odds = learner.net.step(x, learner.net.start(batch))[0][0, :-1].softmax(0).numpy()
    assert odds.min() > 0.1
    np.testing.assert_allclose(np.bincount(memory.skill, minlength=2) / batch, odds, atol=1.5 / batch)
    _, memory = policy.act(seen, policy.start(batch), np.full(batch, np.nextafter(1.0, 0)))
    assert (memory.skill == 1).all()


def first_seen(episodes, batch):
    from dreamctl import Seen

    none = np.zeros(batch)
    return Seen(
        observation=np.repeat(episodes.observation[:1, 0], batch, 0),
        action=none.astype(int) - 1,
        reward=none.astype(np.float32),
        new_episode=none == 0,
        taken=none.astype(int),
    )


@pytest.mark.parametrize("acting_on", ["belief", "memory"])
def test_rows_that_part_and_meet_between_episodes_play_as_if_they_had_not(skilled, judge, acting_on):
    learner = make(skilled, judge if acting_on == "belief" else None)
    whole, _ = rolled(learner, 8)
    policy, settings = learner.policy(), {"steps": skilled.exploration_steps, "actions": 3}

    def play(memory, rows, first):
        rows = np.asarray(rows)
        return resume(
            open_simulator(skilled, 8), policy, memory, [whole.tasks[row] for row in rows], whole.seeds[rows],
            first=first, **settings,
        )  # fmt: skip

    one, memory = play(policy.start(8), np.arange(8), 0)
    # a network is asked for batches of one size, so that it multiplies in one order: here for each row twice
    halves = [np.array([6, 0, 3, 5]), np.array([1, 7, 4, 2])]
    played = [play(chosen(memory, np.tile(half, 2)), np.tile(half, 2), 1) for half in halves]
    memory = joined([chosen(after, np.arange(4)) for _, after in played])
    order = np.concatenate(halves)
    last, _ = play(memory, order, 2)
    second = [episodes.rows(slice(0, 4)) for episodes, _ in played]
    for half, middle, rows in zip(halves, second, (slice(0, 4), slice(4, 8)), strict=True):
        parts = follow(follow(one.rows(half), middle), last.rows(rows))
        expected = whole.rows(half)
        n = expected.mask.shape[1]
        for name in ("observation", "action", "reward", "mask", "episode"):
            made = getattr(parts, name)[:, : n + (name in ("observation", "episode"))]
            np.testing.assert_array_equal(made, getattr(expected, name))


# --- what is learned ------------------------------------------------------------------------------------------------


def returns_by_hand(reward, value, at, valid, discount, lambda_):
    """Of each decision: its own reward, then discounted what came until the next one, and that one's return."""
    target = np.zeros_like(reward)
    for row in range(len(at)):
        places = [*np.flatnonzero(at[row]), valid[row].sum() - 1]
        following = bootstrap = 0.0
        for k in reversed(range(len(places) - 1)):
            t, until = places[k], places[k + 1]
            between = reward[row, t + 1 : until].sum()
            onward = between + (1 - lambda_) * bootstrap + lambda_ * following
            following = target[row, t] = reward[row, t] + discount * onward
            bootstrap = value[row, t]
    return target


@pytest.mark.parametrize("acting_on", ["belief", "memory"])
def test_its_first_step_is_the_plain_policy_gradient_over_decisions(skilled, judge, acting_on):
    learner = make(skilled, judge if acting_on == "belief" else None, epochs=1, minibatches=1, clip=1e9)
    twin = copy.deepcopy(learner)
    for each in (learner, twin):  # as if it had learned before
        each.net.standardise_by = lambda *_: None
    episodes, journal = rolled(learner)
    reward = np.random.default_rng(0).normal(size=episodes.reward.shape).astype(np.float32) * episodes.valid[:, 1:]
    measures = learner.learn(episodes, reward, journal)

    o, at = twin.options, journal.decided[:, :-1] & episodes.mask
    assert 0.2 < at.sum() / episodes.mask.sum() < 0.9
    assert measures["decisions"] == at.sum() / 20
    value = journal.value[:, :-1]
    target = returns_by_hand(reward, value, at, episodes.valid, o.discount, o.lambda_)[at]
    advantage = target - value[at]
    advantage = (advantage - advantage.mean()) / advantage.std()
    out = twin.net(torch.from_numpy(journal.x[:, :-1]))[torch.from_numpy(at)]
    policy = torch.distributions.Categorical(logits=out[:, :-1])
    log_pi = policy.log_prob(torch.from_numpy(journal.skill[:, :-1][at]))
    loss = (
        -(torch.from_numpy(advantage) * log_pi).mean()
        + o.value * ((out[:, -1] - torch.from_numpy(target)) ** 2).mean()
        - o.entropy * policy.entropy().mean()
    )
    loss.backward()
    for p, expected in zip(learner.net.parameters(), twin.net.parameters(), strict=True):
        torch.testing.assert_close(p.grad, expected.grad, rtol=1e-3, atol=1e-4)


def test_a_decision_whose_odds_have_changed_enough_is_pushed_no_further(skilled):
    learner = make(skilled, value=0.0, entropy=0.0)
    x = torch.randn(1, 4, learner.inputs.size + 1)
    everywhere = torch.ones(1, 4, dtype=torch.bool)
    skill = torch.tensor([0, 1, 0, 1])
    log_pi = learner.net(x)[0, :, :-1].log_softmax(1).gather(1, skill[:, None])[:, 0].detach()
    ratio, advantage = torch.tensor([1.1, 1.5, 0.5, 0.5]), torch.tensor([2.0, 3.0, 1.0, -1.0])
    given = (skill, log_pi - ratio.log(), advantage, torch.zeros(4))
    loss = learner._loss(x, everywhere, given, torch.arange(4))
    assert loss.item() == pytest.approx(-np.mean([1.1 * 2, 1.2 * 3, 0.5 * 1, 0.8 * -1]), abs=1e-5)
    clipped = learner._loss(x, everywhere, given, torch.tensor([1, 3]))
    clipped.backward()
    assert all(not p.grad.any() for p in learner.net.parameters())


def test_padding_changes_nothing_that_is_learned(skilled, judge, padded):
    states = []
    for more in (0, 4):
        learner = make(skilled, judge)
        episodes, journal = rolled(learner)
        longer = padded(episodes, more) if more else episodes
        journal.columns = {
            name: np.concatenate([column, *[column[:, -1:]] * more], 1) for name, column in journal.columns.items()
        }
        torch.manual_seed(0)
        learner.learn(longer, longer.reward + 5 * ~longer.valid[:, 1:], journal)
        states.append(weights(learner.net))
    torch.testing.assert_close(*states, rtol=0, atol=1e-5)


@pytest.mark.parametrize("acting_on", ["belief", "memory"])
def test_saved_and_restored_it_learns_the_same(skilled, judge, acting_on):
    learner = make(skilled, judge if acting_on == "belief" else None)
    twin = make(skilled, judge if acting_on == "belief" else None)
    episodes, journal = rolled(learner)
    learner.learn(episodes, episodes.reward, journal)
    twin.load(copy.deepcopy(learner.state()))
    for each in (learner, twin):
        episodes, journal = rolled(each, seed=1)
        torch.manual_seed(0)
        each.learn(episodes, episodes.reward, journal, 0.5)
    assert torch.equal(weights(learner.net), weights(twin.net))


def test_a_single_decision_is_enough():
    environment = bandit(2)
    learner = make(environment)
    episodes, journal = rolled(learner, 1)
    assert np.isfinite(learner.learn(episodes, episodes.reward, journal)["loss"])
    assert torch.isfinite(weights(learner.net)).all()


def test_it_finds_the_arm_that_pays():
    environment = attrs.evolve(bandit(4), tasks=lambda: TaskSet(train=[Task(key="a", params=2)]))
    learner = make(environment, learning_rate=1e-2)
    for n in range(15):
        episodes, journal = rolled(learner, 64, seed=n)
        learner.learn(episodes, episodes.reward, journal)
    assert rolled(learner, 64, seed=99)[0].returns.mean() > 0.9


class Corridor(Simulator):
    """A cue at the start, then three steps, and a choice that should be the cue."""

    def __init__(self, batch):
        self.batch, self.cue, self.at = batch, np.zeros(batch, int), np.full(batch, 5)

    def observe(self):
        return np.stack([np.where(self.at == 0, 2 * self.cue - 1, 0), self.at], 1).astype(np.float32)

    def reset(self, params, seeds, rows, instructions=None):
        self.cue, self.at = self.cue.copy(), self.at.copy()
        self.cue[rows], self.at[rows] = params, 0
        return self.observe()

    def step(self, actions):
        choosing = self.at == 3
        self.at = np.minimum(self.at + 1, 5)
        return Step(self.observe(), (choosing & (actions == self.cue)).astype(np.float32), self.at > 3)


def test_without_a_belief_it_remembers_by_itself():
    from gymnasium import spaces

    tasks = [Task(key=str(cue), params=cue) for cue in (0, 1)]
    environment = Environment(
        name="corridor",
        observation_space=spaces.Box(-1, 5, (2,)),
        actions=("left", "right"),
        exploration_steps=4,
        tasks=lambda: TaskSet(train=tasks, test=tasks, shared=True),
        simulator=Corridor,
    )
    learner = make(environment, learning_rate=1e-2)
    trials = Trials(Problem(environment=environment, tasks=environment.tasks()), 128)
    for n in range(40):
        journal = Journal()
        episodes = trials.explore(learner.policy(journal), *trials.draw(n))
        journal.close(episodes.valid.shape[1])
        learner.learn(episodes, episodes.reward, journal)
    assert rolled(learner, 64, seed=99)[0].returns.mean() > 0.9, "by chance it would be a half"


class Errands(Simulator):
    """The long way pays 1 and takes five minutes, the short one 0.9 and one: an observation is how long it took."""

    def __init__(self, batch):
        self.batch = batch

    def reset(self, params, seeds, rows, instructions=None):
        return np.zeros((self.batch, 1), np.float32)

    def step(self, actions):
        took, paid = np.where(actions == 0, 5, 1)[:, None], np.where(actions == 0, 1, 0.9)
        return Step(took.astype(np.float32), paid.astype(np.float32), np.zeros(self.batch, bool))


@pytest.mark.parametrize(("duration", "best"), [(None, 0), ("minutes", 1)])
def test_what_takes_longer_has_to_be_worth_it_where_steps_take_times_of_their_own(duration, best):
    from gymnasium import spaces

    environment = Environment(
        name="errands",
        observation_space=spaces.Box(0, 5, (1,)),
        actions=("long", "short"),
        exploration_steps=2,
        features=("minutes",),
        duration=duration,
        tasks=lambda: TaskSet(train=[Task(key="one", params=0)]),
        simulator=Errands,
    )
    learner = make(environment, learning_rate=1e-2, discount=0.9, entropy=0.0)
    for n in range(30):
        episodes, journal = rolled(learner, 64, seed=n)
        learner.learn(episodes, episodes.reward, journal)
    chosen = rolled(learner, 64, seed=99)[0].action
    assert (chosen == best).mean() > 0.9


@pytest.mark.parametrize("acting_on", ["belief", "memory"])
def test_where_nothing_is_discounted_the_time_that_steps_take_is_the_same_to_it(skilled, judge, acting_on):
    even = attrs.evolve(skilled, features=("task", "distance", "symbol"), duration="distance")
    learner = make(even, judge if acting_on == "belief" else None, discount=1.0)
    twin = make(skilled, judge if acting_on == "belief" else None, discount=1.0)
    for each in (learner, twin):
        episodes, journal = rolled(each)
        torch.manual_seed(0)
        each.learn(episodes, episodes.reward, journal)
    assert torch.equal(weights(learner.net), weights(twin.net))


def test_a_duration_that_is_no_feature_is_named(skilled):
    with pytest.raises(PluginError, match="'duration' names 'minutes', which is not in 'features'"):
        attrs.evolve(skilled, duration="minutes")
