"""What a page replays is what was seen, and what seed and actions give again."""

import json
import shutil
import subprocess

import attrs
import numpy as np
import pytest

from dreamctl import RandomPolicy, plugins
from dreamctl.records import Evidence
from dreamctl.replay import html
from dreamctl.replay.trace import STEPS_AFTER, STEPS_BEFORE, Trace, numbers, pack, record, replay, unpack
from dreamctl.runs.play import explore
from dreamctl.runs.seeding import task_seeds


@pytest.fixture
def lamps(tiny):
    return attrs.evolve(plugins.load(tiny).environments["lamps"], exploration_steps=30, exploration_episodes=3)


@pytest.fixture
def played(lamps):
    tasks = lamps.tasks().train[:20]
    (episodes,) = explore(lamps, RandomPolicy(3), tasks, task_seeds(0, 1, tasks), rows=20)
    return episodes


def evidence(rows):
    """Now and then nothing, one place, two that overlap, or two in different episodes."""
    some = [{}, {"a": (0, 0)}, {"a": (1, 12), "b": (1, 17)}, {"a": (2, 29), "b": (0, 5), "c": (0, 28)}]
    return [{key: Evidence(episode=e, step=s) for key, (e, s) in some[row % 4].items()} for row in range(rows)]


def moments(lamps, played, row, clip):
    """What the row showed in the moments of a clip."""
    begin = clip.episode * (lamps.exploration_steps + 1) + clip.first
    return played.observation[row, begin : begin + clip.moments]


def test_a_trace_holds_what_is_drawn_of_the_very_observations(lamps, played):
    traces = record(lamps, played, evidence(20))
    assert [len(trace.clips) for trace in traces[:4]] == [0, 1, 1, 3]
    for row, trace in enumerate(traces):
        for clip in trace.clips:
            shown = lamps.drawing.numbers(moments(lamps, played, row, clip))
            np.testing.assert_array_equal(numbers(clip), shown)
            assert len(shown) > 3


def test_seed_and_actions_of_a_clip_give_the_same_observations_bit_for_bit(lamps, played):
    for row, trace in enumerate(record(lamps, played, evidence(20))):
        for clip in trace.clips:
            again = replay(lamps, played.tasks[row], clip)
            assert again.tobytes() == moments(lamps, played, row, clip).tobytes()


def test_a_clip_begins_just_before_the_marked_moment_and_ends_after_it(lamps, played):
    for trace, places in zip(record(lamps, played, evidence(20)), evidence(20), strict=True):
        assert set(trace.marks) == set(places)
        for key, (number, moment) in trace.marks.items():
            clip, place = trace.clips[number], places[key]
            assert (clip.episode, moment) == (place.episode, place.step + 1)
            assert clip.first <= max(moment - STEPS_BEFORE, 0)
            assert clip.first + clip.moments > min(moment + STEPS_AFTER, lamps.exploration_steps)


def test_an_episode_that_ended_early_has_no_moments_behind_its_end(forks):
    drawn = attrs.evolve(forks, drawing=None)
    assert record(drawn, None, [{"a": Evidence(episode=0, step=0)}]) == [Trace()]


@pytest.mark.parametrize("values", [[], [0], [-128, 127], [128], [-40000, 3], [2**31 - 1, -(2**31)]])
def test_what_is_packed_can_be_unpacked(values):
    assert unpack(pack(np.array(values, np.int64))).tolist() == values


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, to run the script of the page")
def test_the_script_of_a_page_reads_what_python_reads(lamps, played, tmp_path):
    script = html.replay_script()
    reading = script[script.index("const unpack") : script.index("const digits")]
    clips = [clip for trace in record(lamps, played, evidence(20)) for clip in trace.clips]
    ask = f"const clips = {json.dumps([attrs.asdict(clip) for clip in clips])};\n"
    say = "console.log(JSON.stringify(clips.map((clip) => [momentsOf(clip), unpack(clip.actions)])));"
    (tmp_path / "read.js").write_text(reading + ask + say)
    said = subprocess.run(["node", tmp_path / "read.js"], capture_output=True, text=True, check=True).stdout
    for clip, (rows, actions) in zip(clips, json.loads(said), strict=True):
        assert rows == numbers(clip).tolist()
        assert actions == unpack(clip.actions).tolist()
