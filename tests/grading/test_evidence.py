import numpy as np
import pytest
from attrs import evolve

from dreamctl import plugins
from dreamctl.grading.evidence import _asked, cut, find_evidence, frame_of, shown_by
from dreamctl.learning.learner import Judge
from dreamctl.learning.signs import SignsSeen
from dreamctl.records import Evidence, Item, Rubric
from dreamctl.runs.judging import uncalibrated
from dreamctl.runs.play import explore
from dreamctl.runs.seeding import task_seeds
from dreamctl.simulation.policy import RandomPolicy

EPISODES, STEPS = 4, 11


class SeesLamp(Judge):
    """Believes in item i from the moment at which lamp i is lit; by prefixes, or for whole explorations."""

    def __init__(self, prefixes):
        self.prefixes = prefixes

    def learn(self, episodes, targets):
        return {}

    def predict(self, episodes):
        seen = np.where(episodes.valid[..., None], episodes.observation[..., :2], 0)
        belief = 0.1 + 0.8 * np.maximum.accumulate(seen, 1)
        return belief if self.prefixes else belief[:, -1]

    def state(self):
        return {}

    def load(self, state):
        pass


@pytest.fixture
def explored(tiny):
    lamps = plugins.load(tiny).environments["lamps"]

    def play(steps=STEPS):
        long = evolve(lamps, exploration_steps=steps, exploration_episodes=EPISODES)
        tasks = lamps.tasks().train[:40]
        (played,) = explore(long, Lazy(), tasks, task_seeds(0, 1, tasks), rows=40)
        return played

    return play


@pytest.fixture
def episodes(explored):
    return explored()


class Lazy(RandomPolicy):
    """Waits, and once in a while presses a button."""

    def __init__(self):
        super().__init__(3)

    def act(self, seen, memory, uniform):
        return np.where(uniform < 0.03, 0, np.where(uniform < 0.06, 1, 2)), memory


def first_light(episodes, row, item):
    """The episode and step in which a lamp was first lit, found by walking."""
    step = 0
    for t in range(episodes.mask.shape[1]):
        if not episodes.mask[row, t]:
            step = 0
            continue
        if episodes.observation[row, t + 1, item] > 0:
            return Evidence(episode=int(episodes.episode[row, t + 1]), step=step)
        step += 1
    return None


@pytest.mark.parametrize("prefixes", [True, False])
def test_evidence_is_the_step_at_which_a_fault_was_first_seen(episodes, prefixes):
    judge = uncalibrated(SeesLamp(prefixes), 2)
    truth = {(r, i): first_light(episodes, r, i) for r in range(len(episodes)) for i in (0, 1)}
    truth = {pair: place for pair, place in truth.items() if place is not None}
    assert len({(place.episode, place.step) for place in truth.values()}) > 10
    assert find_evidence(judge, episodes, list(truth)) == truth
    assert find_evidence(judge, episodes, []) == {}


def test_a_run_with_signs_points_at_the_first_step_with_the_strongest(tiny, episodes):
    lamps = evolve(plugins.load(tiny).environments["lamps"], features=("0", "1", "noise"), outcomes=("0", "1"))
    truth = {(r, i): first_light(episodes, r, i) for r in range(len(episodes)) for i in (0, 1)}
    lit = np.array([[truth[r, i] is not None for i in (0, 1)] for r in range(len(episodes))], np.float32)
    seen = SignsSeen(lamps)
    seen.take(episodes, lit)
    judge = evolve(uncalibrated(SeesLamp(False), 2), signs=seen.fit())
    truth = {pair: place for pair, place in truth.items() if place is not None}
    assert find_evidence(judge, episodes, list(truth)) == truth


class Moody(SeesLamp):
    """Believes now this, now that, without any order, by the actions so far."""

    def predict(self, episodes):
        number = (episodes.action + 2) * episodes.mask * np.arange(1, 1 + episodes.mask.shape[1]) ** 2
        return 0.1 + 0.8 * np.stack([number.sum(1) * k % 101 / 101 for k in (17, 39)], 1)


def test_evidence_does_not_depend_on_what_else_is_looked_for(explored):
    episodes, judge = explored(steps=150), uncalibrated(Moody(False), 2)
    pairs = [(row, item) for row in range(len(episodes)) for item in (0, 1)]
    together = find_evidence(judge, episodes, pairs)
    assert len({(place.episode, place.step) for place in together.values()}) > 20
    assert {pair: find_evidence(judge, episodes, [pair])[pair] for pair in pairs} == together


def test_a_prefix_is_believed_as_the_same_exploration_that_ended_there(explored):
    episodes, judge = explored(steps=150), uncalibrated(Moody(False), 2)
    rows = np.arange(len(episodes)).repeat(5)
    at = np.linspace(0, episodes.mask.shape[1], len(rows)).astype(np.intp)
    np.testing.assert_array_equal(_asked(judge, episodes, rows, at), judge.probabilities(cut(episodes.rows(rows), at)))


def test_a_cut_exploration_is_one_that_ended_there(episodes):
    at = np.arange(len(episodes)) % (episodes.mask.shape[1] + 1)
    short = cut(episodes, at)
    np.testing.assert_array_equal(short.valid.sum(1) - 1, np.minimum(at, episodes.valid.sum(1) - 1))
    for row, t in enumerate(at):
        np.testing.assert_array_equal(short.observation[row, : t + 1], episodes.observation[row, : t + 1])
        np.testing.assert_array_equal(short.action[row, :t], episodes.action[row, :t])
        assert (short.observation[row, t:] == episodes.observation[row, t]).all()
        assert not short.mask[row, t:].any()


def test_a_cut_at_the_end_changes_nothing(episodes):
    whole = cut(episodes, np.full(len(episodes), episodes.mask.shape[1]))
    for name in ("observation", "action", "reward", "mask", "episode", "terminated"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(episodes, name))


def test_where_an_item_shows_most_is_its_evidence_if_the_environment_says_where(episodes, tiny):
    lamps = evolve(plugins.load(tiny).environments["lamps"], features=("left", "right", "time"))
    lamps = evolve(lamps, shown_by={"dark": ("right",), "late": ("time",)})
    rubric = Rubric(name="r", environment="lamps", items=[Item(key="a", labels=("dark",)), Item(key="b")])
    shown = shown_by(lamps, rubric)
    assert {item: found.tolist() for item, found in shown.items()} == {0: [1]}
    lit = np.where(episodes.mask, episodes.observation[:, 1:, 1], 0)
    assert (lit.max(1) > 0).any()
    for row in np.flatnonzero(lit.max(1) > 0).tolist():
        (found,) = find_evidence(uncalibrated(SeesLamp(True), 2), episodes, [(row, 0)], shown).values()
        at = int(lit[row].argmax())
        assert found.episode == episodes.episode[row, at + 1]
        assert found.step == (episodes.mask[row, :at] & (episodes.episode[row, 1 : at + 1] == found.episode)).sum()


@pytest.mark.parametrize(
    ("told", "frame"), [([0, 0, 1, 1, 3, 3], 4), ([2, 2, 2], 0), ([0, 0, 0], None), ([1, 2, 2, 1, 1], 3)]
)
def test_the_frame_of_a_step_is_that_since_which_it_has_shown_as_it_does_at_the_end(told, frame):
    seen = np.array([[9, value] for value in told], np.float32)
    judge = uncalibrated(SeesLamp(True), 1)
    assert frame_of(judge, 0, seen[0], seen, 0, {0: np.array([1])}) == frame
