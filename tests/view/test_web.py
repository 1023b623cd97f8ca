"""A watched trial as a page: what it holds is what was shown."""

import base64
import io
import json
import re

import attrs
import numpy as np
import pytest
from PIL import Image

from dreamctl import Environment
from dreamctl.plugins import find_explorer, load
from dreamctl.records import Task
from dreamctl.replay.trace import Clip, numbers, unpack
from dreamctl.runs.play import Scripted
from dreamctl.simulation.policy import RandomPolicy
from dreamctl.view.trial import Watched, shots
from dreamctl.view.web import web_page
from dreamctl_bounce import bounce
from dreamctl_hallway import hallway


def film_of(environment: Environment, task: Task, **words):
    def believed(played):
        ramp = np.linspace(0, 1, played.valid.shape[1])
        return np.stack([ramp, 1 - ramp], 1)[None]

    judged = {"items": ["<b>rising</b>", "falling"], "beliefs": believed} if environment.answer == "rubric" else {}
    explorer = find_explorer("random", load("hallway"), environment)
    player = Scripted(RandomPolicy(len(environment.actions)))
    return shots(
        Watched(plugin="any", environment=environment, explorer=explorer, player=player, **judged), task, 0, **words
    )


def held(page, name):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page).group(1))


@pytest.fixture(scope="module")
def program():
    return bounce().tasks().sample(np.random.default_rng(3))


def test_a_page_holds_what_was_seen_and_believed_in_each_episode(program):
    world = attrs.evolve(bounce(), exploration_steps=20)
    film = film_of(world, program, episodes=2)
    page = web_page(world, film, "a </title> page", 25)
    trace = held(page, "trace")
    assert len(trace["clips"]) == 2
    for clip, part in zip(trace["clips"], (film[:21], film[21:]), strict=True):
        names = {field.name for field in attrs.fields(Clip)} & set(clip)
        shown = numbers(Clip(seed="", **{name: clip[name] for name in names}))
        for row, shot in zip(shown, part, strict=True):
            np.testing.assert_array_equal(row, world.drawing.numbers(shot.observation[None])[0])
        assert [world.actions[a] for a in unpack(clip["actions"])] == [shot.action for shot in part[1:]]
        assert [b["title"] for b in clip["beliefs"]] == ["<b>rising</b>", "falling"]
        assert clip["beliefs"][1]["values"] == [round(shot.belief["falling"], 3) for shot in part]
    assert "<b>" not in page
    assert "<title>a &lt;/title&gt; page</title>" in page


def test_a_page_about_a_step_begins_before_it_and_marks_it(program):
    world = attrs.evolve(bounce(), exploration_steps=20)
    trace = held(web_page(world, film_of(world, program, first=2, step=9), "x", 25), "trace")
    (clip,) = trace["clips"]
    assert trace["marks"] == {"marked": [0, 9]}
    assert (clip["first"], clip["moments"]) == (4, 12)
    assert len(unpack(clip["actions"])) == 15


def test_an_environment_without_a_drawing_is_shown_by_its_pictures():
    world = hallway()
    film = film_of(world, world.tasks().test[0])
    (clip, *_) = held(web_page(world, film, "x", 2), "trace")["clips"]
    for picture, shot in zip(clip["pictures"], film, strict=False):
        with Image.open(io.BytesIO(base64.b64decode(picture.removeprefix("data:image/png;base64,")))) as shown:
            np.testing.assert_array_equal(np.asarray(shown), shot.picture)
