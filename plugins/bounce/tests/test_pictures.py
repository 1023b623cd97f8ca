"""Bounce as pictures: what is drawn, that both simulators draw the same, and what is read from it."""

import numpy as np
import pytest

from dreamctl import open_simulator
from dreamctl.simulation.reader import as_read
from dreamctl_bounce import bounce, pixels
from dreamctl_bounce.fast_pictures import PictureBounce
from dreamctl_bounce.game import BounceEnv
from dreamctl_bounce.generator import sample, wild
from dreamctl_bounce.pictures import BALLS_SEEN, PANEL, PLANES, SCENE, WOOD, PictureEnv, frame
from dreamctl_bounce.programs import Program
from dreamctl_bounce.rules import AT, BALL, BALLS_AT, COUNTS, FEATURES, FIELDS, PADDLE_HEIGHT, PADDLE_WIDTH
from dreamctl_bounce.seeing import PictureReader

STEPS = 60
RIGHT_PROGRAM = {
    "when run": ["launch new ball"],
    "when left arrow": ["move left"],
    "when right arrow": ["move right"],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": ["bounce ball"],
    "when ball in goal": ["score point", "launch new ball"],
    "when ball misses paddle": ["score opponent point", "launch new ball"],
}


def programs_of(kind, number, seed=0):
    rng = np.random.default_rng(seed)
    return [wild(rng) if kind == "wild" else sample(rng).params for _ in range(number)]


def keys_pressed(batch, steps=STEPS, seed=1):
    return np.random.default_rng(seed).integers(3, size=(steps // 4 + 1, batch)).repeat(4, 0)[:steps]


def seeds(batch):
    return np.random.default_rng(2).integers(2**64, size=batch, dtype=np.uint64)


@pytest.mark.parametrize("kind", ["wild", "student"])
def test_the_readable_and_the_fast_simulator_draw_the_same_pictures(kind):
    programs = programs_of(kind, 16)
    actions, row_seeds = keys_pressed(16), seeds(16)
    simulator = PictureBounce(16)
    first = simulator.reset(programs, row_seeds, np.arange(16))
    steps = [simulator.step(action) for action in actions]
    for b, program in enumerate(programs):
        env = PictureEnv(program)
        picture, _ = env.reset(seed=int(row_seeds[b]))
        assert (picture == first[b]).all()
        for action, step in zip(actions, steps, strict=True):
            picture, reward, terminated, *_ = env.step(int(action[b]))
            assert (picture == step.observation[b]).all()
            assert (reward, terminated) == (step.reward[b], step.terminated[b])
            if terminated:
                break


def test_the_game_in_the_pictures_is_the_game_of_bounce():
    programs = programs_of("student", 20)
    actions = keys_pressed(20)
    boxes, pictures = (open_simulator(environment, 20) for environment in (bounce(), pixels()))
    for simulator in (boxes, pictures):
        simulator.reset(programs, seeds(20), np.arange(20))
    for action in actions:
        a, b = boxes.step(action), pictures.step(action)
        assert (a.reward == b.reward).all()
        assert (a.terminated == b.terminated).all()


def test_a_picture_loses_no_pixel_of_a_ball_or_the_paddle_wherever_they_are():
    for x in range(100, 109):
        planes = frame(x, (0, 0), [(x, 50), (x, 50), (2 * x, 201)])
        assert planes[..., BALLS_SEEN].sum() == 3 * BALL * BALL
        empty = frame(300, (0, 0), [])
        paddle = planes[..., SCENE].astype(int)[PANEL + 90 : PANEL + 93, 20:60]
        assert paddle.sum() == WOOD * PADDLE_WIDTH * PADDLE_HEIGHT
        assert (empty[..., BALLS_SEEN] == 0).all()


def test_scores_can_be_told_apart_by_the_panel_alone():
    panels = {frame(170, (own, other), [])[:PANEL].tobytes() for own in range(31) for other in range(31)}
    assert len(panels) == 31 * 31


def read(programs, actions):
    """Readings [T+1, B, O] of one episode of each, and which rows went on before each step [T, B]."""
    every = np.arange(len(programs))
    simulator = open_simulator(as_read(pixels()), len(programs))
    readings, going, over = [simulator.reset(programs, seeds(len(programs)), every)], [], np.zeros(len(every), bool)
    for action in actions:
        step = simulator.step(action)
        readings.append(step.observation)
        going.append(~over)
        over = step.terminated
    return np.array(readings), np.array(going)


def told(program, actions, seed):
    """What a perfect reader would say: the game after the first frame of each step, with what happened in it and in
    the frame before; and at its end, all of it.
    """
    env = BounceEnv(program)
    env.reset(seed=int(seed))
    before = dict.fromkeys(COUNTS, 0)
    for action in actions:
        env.counts = dict.fromkeys(COUNTS, 0)
        env.frame(int(action))
        env.counts = {name: before[name] + env.counts[name] for name in COUNTS}
        reading, ended = env.observe(), env.over
        if not ended:
            env.counts = dict.fromkeys(COUNTS, 0)
            env.frame(int(action))
            before, ended = env.counts, env.over
            if ended:
                env.counts = {name: before[name] + int(reading[AT[name]]) for name in COUNTS}
                reading = env.observe()
        yield reading
        if ended:
            return


def test_a_game_with_one_ball_is_read_without_a_mistake():
    programs = [Program.from_json({**RIGHT_PROGRAM, "when run": ["launch new ball", speed]}) for speed in (
        "set 'very slow' ball speed", "set 'slow' ball speed", "set 'fast' ball speed", "set 'random' paddle speed",
    )] * 4  # fmt: skip
    actions = keys_pressed(len(programs), steps=100)
    readings, _ = read(programs, actions)
    for b, program in enumerate(programs):
        for t, reading in enumerate(told(program, actions[:, b], seeds(len(programs))[b]), 1):
            assert (readings[t, b] == reading).all(), (b, t)


def test_what_counts_is_read_right_in_nearly_every_step_of_generated_programs():
    """Several balls that lie on one another may be taken for others; scores and paddle never are mistaken."""
    programs = programs_of("student", 60)
    actions = keys_pressed(60, steps=100)
    readings, _ = read(programs, actions)
    right, scene, steps = 0, 0, 0
    for b, program in enumerate(programs):
        for t, reading in enumerate(told(program, actions[:, b], seeds(60)[b]), 1):
            steps += 1
            scene += (readings[t, b, :3] == reading[:3]).all()
            right += (readings[t, b, AT["goal"] :] == reading[AT["goal"] :]).all()
    assert scene == steps
    assert right / steps > 0.93


def test_a_reading_is_in_its_space_and_does_not_depend_on_other_rows():
    programs = programs_of("wild", 12)
    actions = keys_pressed(12)
    together, _ = read(programs, actions)
    space = as_read(pixels()).observation_space
    assert all(space.contains(reading) for reading in together.reshape(-1, len(FEATURES)))
    reader, simulator = PictureReader(1), PictureBounce(1)
    reader.start(np.array([0]), simulator.reset(programs[3:4], seeds(12)[3:4], np.array([0])))
    over = np.zeros(1, bool)
    for t, action in enumerate(actions):
        step = simulator.step(action[3:4])
        alone = reader.read(step.observation, action[3:4], ~over, step.terminated)
        over = step.terminated
        assert (alone[0] == together[t + 1, 3]).all()


def test_learners_are_shown_what_is_read_and_no_rewards():
    environment = as_read(pixels())
    assert environment.observation_space.shape == (len(FEATURES),)
    assert not environment.reward_seen
    assert as_read(bounce()).observation_space == bounce().observation_space
    assert pixels().observation_space.shape == (112, 100, 2 * PLANES)
    assert len(environment.features) > BALLS_AT + FIELDS
