"""Where a step is many frames, a page holds the frames around the one in which something showed."""

import attrs
import numpy as np
import pytest

from dreamctl import Footage, Look, RandomPolicy, plugins
from dreamctl.records import Evidence
from dreamctl.replay.tape import untape
from dreamctl.replay.trace import AFTER, BEFORE, record
from dreamctl.runs.play import explore
from dreamctl.runs.seeding import task_seeds
from dreamctl.simulation.open import open_simulator

FRAMES, PACE = 40, 20.0  # of a step; a second


def footage(lamps):
    """Steps of `FRAMES` frames; what a frame shows is its own number."""

    def filmed(params, seed, actions, first):
        simulator = open_simulator(lamps, 1)
        seen = [simulator.reset([params], np.array([seed], np.uint64), np.zeros(1, np.intp))[0]]
        seen += [simulator.step(np.array([action])).observation[0] for action in actions]
        steps = len(actions) - first
        observation = np.concatenate([seen[first][None], np.repeat(seen[first + 1 :], FRAMES, 0)])
        return Footage(
            width=100,
            height=80,
            background="#ffffff",
            pace=PACE,
            looks=[Look("box", "#000000"), Look("oval", "#ff0000"), Look("text", text="never seen")],
            frames=[((1, n, 0, 9, 9), (0, 0, first, 5, 5)) for n in range(steps * FRAMES + 1)],
            ends=[FRAMES * (n + 1) for n in range(steps)],
            observation=observation,
        )

    return filmed


@pytest.fixture
def lamps(tiny):
    bare = attrs.evolve(plugins.load(tiny).environments["lamps"], exploration_steps=12, exploration_episodes=2)
    return attrs.evolve(bare, footage=footage(bare))


@pytest.fixture
def played(lamps):
    tasks = lamps.tasks().train[:3]
    (episodes,) = explore(lamps, RandomPolicy(3), tasks, task_seeds(0, 1, tasks), rows=3)
    return episodes


def traced(lamps, played, places, pin=None):
    found = {key: Evidence(episode=e, step=s) for key, (e, s) in places.items()}
    return record(lamps, played, [found, {}, {}], pin)[0]


def test_a_film_holds_the_seconds_around_the_frame_in_which_it_showed(lamps, played):
    trace = traced(lamps, played, {"a": (1, 6)}, lambda *_: 4)
    (clip,) = trace.clips
    number, frame = trace.marks["a"]
    shown = untape(clip.film.tape)
    at = 2 * FRAMES + 1 + 4  # two steps before this one are filmed
    assert number == 0
    assert shown[frame][0][1] == at
    assert [picture[0][1] for picture in shown] == list(range(at - round(BEFORE * PACE), at + round(AFTER * PACE) + 1))
    assert clip.film.looks == (("box", "#000000", "", ""), ("oval", "#ff0000", "", ""))


def test_each_frame_belongs_to_its_step(lamps, played):
    for step in (0, 5, 11):
        trace = traced(lamps, played, {"a": (0, step)}, lambda *_: FRAMES - 1)
        (clip,) = trace.clips
        ends = clip.film.ends
        frame = trace.marks["a"][1]
        assert clip.first + 1 + sum(end < frame for end in ends) == step + 1
        assert clip.moments == len(untape(clip.film.tape)) == ends[-1] + 1


def test_what_nobody_can_place_in_a_step_shows_the_whole_step(lamps, played):
    trace = traced(lamps, played, {"a": (0, 4)}, lambda *_: None)
    (clip,) = trace.clips
    assert trace.marks["a"][1] == round(BEFORE * PACE) + FRAMES
    assert clip.moments == 1 + round(BEFORE * PACE) + FRAMES + round(AFTER * PACE)


def test_frames_that_are_near_each_other_share_a_film_and_others_do_not(lamps, played):
    at = {"a": 0, "b": 30, "c": -1}
    near = traced(lamps, played, {"a": (0, 4), "b": (0, 4)}, lambda row, key, *_: at[key])
    far = traced(lamps, played, {"a": (0, 4), "c": (0, 0)}, lambda row, key, *_: at[key])
    assert len(near.clips) == 1
    assert near.marks["b"][1] - near.marks["a"][1] == 30
    assert len(far.clips) == 2
    assert far.marks["c"] == (0, 0)


def test_a_program_that_plays_otherwise_the_second_time_is_drawn_as_it_was_seen(lamps, played):
    def another(*words):
        told = lamps.footage(*words)
        return attrs.evolve(told, observation=told.observation + 1)

    (clip,) = traced(attrs.evolve(lamps, footage=another), played, {"a": (0, 4)}).clips
    (plain,) = traced(attrs.evolve(lamps, footage=None), played, {"a": (0, 4)}).clips
    assert clip == plain
