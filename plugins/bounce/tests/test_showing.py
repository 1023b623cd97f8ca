"""What play shows is proved by other programs: a fact that never shows may be turned round without a difference."""

import numpy as np

from dreamctl import Episodes, keys, rollout
from dreamctl_bounce.facts import FACTS, OF_LABEL, SEVERAL
from dreamctl_bounce.fast import FastBounce
from dreamctl_bounce.generator import sample
from dreamctl_bounce.labels import LABELS, labels
from dreamctl_bounce.programs import Program
from dreamctl_bounce.rules import AT, EVENTS, GOAL, LEFT, MISS, RUN
from dreamctl_bounce.scripted import ScriptedPolicy
from dreamctl_bounce.showing import Watcher, complaints

GO_LEFT, GO_RIGHT, STAY = range(3)
RIGHT_PROGRAM = {
    "when run": ["launch new ball"],
    "when left arrow": ["move left"],
    "when right arrow": ["move right"],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": ["bounce ball"],
    "when ball in goal": ["score point", "launch new ball"],
    "when ball misses paddle": ["score opponent point", "launch new ball"],
}


# A second launch in goal or miss puts the same ball back once more: with another heading, which is chance.
CHANCE_ONLY = np.array([fact.kind == SEVERAL and fact.event in (GOAL, MISS) for fact in FACTS])


def program(**changes):
    commands = dict(RIGHT_PROGRAM)
    for word, event_commands in changes.items():
        commands[next(event for event in EVENTS if word in event)] = event_commands
    return Program.from_json(commands)


def played(programs, actions):
    """One episode of each program under `actions` [T, B], as `Episodes`."""
    batch, steps = len(programs), len(actions)
    simulator = FastBounce(batch)
    seeds = np.arange(batch, dtype=np.uint64)
    observations, rewards, ends = [simulator.reset(programs, keys(seeds, 0), np.arange(batch))], [], []
    for action in actions:
        step = simulator.step(action)
        observations.append(step.observation)
        rewards.append(step.reward)
        ends.append(step.terminated)
    over = np.array(ends).T  # [B, T]
    before = np.concatenate([np.zeros((batch, 1), bool), over[:, :-1]], 1)
    return Episodes(
        observation=np.array(observations).swapaxes(0, 1),
        action=np.where(before, -1, np.array(actions).T),
        reward=np.array(rewards).T,
        terminated=over & ~before,
        mask=~before,
        episode=np.zeros((batch, steps + 1), np.int32),
        seeds=seeds,
        failure=np.zeros(batch, np.uint8),
        executing=np.zeros((batch, steps + 1), bool),
    )


def keys_pressed(steps, batch, seed=1):
    rng = np.random.default_rng(seed)
    return rng.integers(3, size=(steps // 6 + 1, batch)).repeat(6, 0)[:steps]


def shown_labels(one, actions):
    """Labels that are present and show in one episode of one program."""
    episodes = played([one], np.array(actions)[:, None])
    shows = Watcher([one]).shows(episodes, np.ones((1, len(FACTS)), bool)).any(1)
    seen = (complaints(LABELS, [one]) & shows[:, None]).any(2)[0]
    return {label for label, s in zip(LABELS, seen, strict=True) if s and labels(one)[label]}


def test_turning_a_fact_round_turns_it_round_and_changes_one_event_only():
    rng = np.random.default_rng(3)
    for _ in range(200):
        one = sample(rng).params
        for fact in FACTS:
            other = fact.opposite(one)
            assert fact.so(other) != fact.so(one)
            assert [e for e in range(len(EVENTS)) if other.events[e] != one.events[e]] == [fact.event]


def test_a_label_is_present_only_if_one_of_its_facts_is_as_it_says():
    rng = np.random.default_rng(4)
    programs = [sample(rng).params for _ in range(300)]
    wrong = complaints(LABELS, programs).any(2)
    truth = np.array([[labels(one)[label] for label in LABELS] for one in programs])
    assert (wrong | ~truth).all()
    assert set(OF_LABEL) == set(LABELS)


def differing(episodes, others):
    """The first position [B] at which two plays differ, -1 where they never do."""
    differs = (others.observation != episodes.observation).any(2)  # [B, T+1]
    differs[:, 1:] |= (others.reward != episodes.reward) | (others.terminated != episodes.terminated)
    return np.where(differs.any(1), differs.argmax(1), -1)


def test_the_first_step_in_which_a_fact_shows_is_the_first_that_the_other_program_plays_differently():
    """So a fact that never shows may be turned round without a difference in the whole play."""
    rng = np.random.default_rng(5)
    programs = [sample(rng).params for _ in range(60)]
    actions = keys_pressed(100, len(programs))
    episodes = played(programs, actions)
    shows = Watcher(programs).shows(episodes, np.ones((len(programs), len(FACTS)), bool))
    first = np.where(shows.any(1), shows.argmax(1), -1)  # [B, F]
    for number in np.flatnonzero(~CHANCE_ONLY):
        others = played([FACTS[number].opposite(one) for one in programs], actions)
        assert (differing(episodes, others) == first[:, number]).all(), FACTS[number]
    assert 0.3 < (first >= 0).mean() < 0.9


def test_what_is_seen_at_the_start():
    assert shown_labels(program(run=[]), [STAY]) == {"whenRun-noBallLaunch"}
    assert shown_labels(program(run=["launch new ball"] * 2), [STAY]) == {"whenRun-multipleBalls"}
    assert shown_labels(program(run=["launch new ball", "move left"]), [STAY]) == {"whenRun-illegal-moveLeft"}
    assert shown_labels(program(run=["launch new ball", "move left", "move right"]), [STAY]) == set()


def test_what_a_key_does_is_seen_when_it_is_pressed():
    wrong = program(left=["move right"], right=["move right", "score point"])
    assert shown_labels(wrong, [STAY] * 5) == set()
    assert shown_labels(wrong, [GO_RIGHT] * 5) == set()  # the sole label of a program that does not steer is another
    assert shown_labels(wrong, [GO_LEFT] * 5) == {"whenMove-error"}
    assert shown_labels(program(right=["move right", "score point"]), [STAY, GO_RIGHT]) == {
        "whenRight-illegal-incrementPlayerScore"
    }


def test_a_launch_when_ten_balls_are_there_shows_nothing():
    full = program(run=["launch new ball"] * 10, left=["move left", "launch new ball"])
    assert "whenLeft-illegal-launchBall" not in shown_labels(full, [GO_LEFT] * 4)
    assert "whenLeft-illegal-launchBall" in shown_labels(program(left=["move left", "launch new ball"]), [GO_LEFT])


def test_a_second_launch_in_goal_or_miss_never_shows():
    twice = program(
        goal=["score point", "launch new ball", "launch new ball"],
        misses=["score opponent point", "launch new ball", "launch new ball"],
    )
    episodes = played([twice] * 64, keys_pressed(100, 64))
    assert (episodes.observation[..., [AT["goal"], AT["miss"]]].sum((0, 1)) > 0).all()
    assert not Watcher([twice] * 64).shows(episodes, np.tile(CHANCE_ONLY, (64, 1))).any()


def test_moves_that_cancel_out_show_only_where_the_paddle_is_stopped():
    both = program(misses=["launch new ball", "move left", "move right"])
    wanted = np.tile([fact.event == MISS and fact.kind == "move left" for fact in FACTS], (32, 1))
    in_the_middle, at_the_stop = (played([both] * 32, np.full((100, 32), key)) for key in (STAY, GO_LEFT))
    for episodes, shown in ((in_the_middle, False), (at_the_stop, True)):
        assert episodes.observation[..., AT["miss"]].any()
        assert Watcher([both] * 32).shows(episodes, wanted).any() == shown


def test_watching_again_a_play_of_several_episodes_gives_what_each_gives_alone():
    rng = np.random.default_rng(6)
    tasks = [sample(rng) for _ in range(6)]
    episodes = rollout(FastBounce(6), ScriptedPolicy(), tasks, np.arange(6, dtype=np.uint64), steps=30, episodes=3)
    programs = [task.params for task in tasks]
    everything = np.ones((6, len(FACTS)), bool)
    together = Watcher(programs).shows(episodes, everything)
    for b in range(6):
        alone = Watcher(programs[b : b + 1]).shows(episodes.rows(np.array([b])), everything[:1])
        assert (alone[0] == together[b]).all()
    assert together[:, :, [n for n, fact in enumerate(FACTS) if fact.event == RUN]].sum(1).max() == 3  # every start
    assert together[:, :, [n for n, fact in enumerate(FACTS) if fact.event == LEFT]].any()
