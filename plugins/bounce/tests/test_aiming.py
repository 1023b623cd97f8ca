"""What is worked out from what is seen, against the readable game; and what skills do in it."""

import numpy as np
import pytest

from dreamctl import Policy, Task, open_simulator, rollout
from dreamctl_bounce import bounce
from dreamctl_bounce.aiming import FALLING, LATE, SIZE, WIDE, aims, skills
from dreamctl_bounce.game import Ball, BounceEnv
from dreamctl_bounce.programs import Program
from dreamctl_bounce.rules import (
    ACTIONS,
    AT,
    BALL,
    BALLS,
    BALLS_AT,
    BORDER,
    FEATURES,
    FRAMES_PER_STEP,
    GOAL_LEFT,
    GOAL_RIGHT,
    PADDLE_HIGH,
    PADDLE_LOW,
    PADDLE_TOP,
    PADDLE_WIDTH,
    SCREEN,
    SKILLS,
)

RIGHT = {
    "when run": ["launch new ball"],
    "when left arrow": ["move left"],
    "when right arrow": ["move right"],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": ["bounce ball"],
    "when ball in goal": ["score point", "launch new ball"],
    "when ball misses paddle": ["score opponent point", "launch new ball"],
}
STAY = ACTIONS.index("stay")


def game(*balls, paddle_x=170, **commands):
    """A game with these balls in its places, each (x, y, heading, speed), of a program that may be right."""
    named = {event: commands.get(event.rpartition(" ")[2], code) for event, code in RIGHT.items()}
    env = BounceEnv(Program.from_json(named))
    env.reset(seed=0)
    env.paddle_x = paddle_x
    env.balls = [None] * BALLS
    for k, given in enumerate(balls):
        if given is not None:
            x, y, heading, speed = given
            env.balls[k] = ball = Ball(speed, heading)
            ball.x, ball.y, ball.fresh = x, y, False
    return env


def aim(env):
    return aims(env.observe()[None])[0]


def falling(rng):
    """A ball on its way down, anywhere and on any heading that it may have after a bounce."""
    return int(rng.integers(20, 360)), int(rng.integers(20, 250)), int(rng.integers(115, 246)), int(rng.integers(5))


def test_where_a_ball_lands_and_when_is_where_and_when_the_game_s_ball_does():
    rng, bounced = np.random.default_rng(0), 0
    for _ in range(300):
        env = game(falling(rng), paddle_x=int(rng.integers(PADDLE_LOW, PADDLE_HIGH)), paddle=[])
        ball, made = env.balls[0], aim(env)
        frames, bounces, vx = 0, 0, ball.vx
        while ball.y < PADDLE_TOP - BALL:
            before = ball.x, ball.y
            env.frame(STAY)
            frames += 1
            bounces += ball.vx != vx
            vx = ball.vx
        share = (PADDLE_TOP - BALL - before[1]) / (ball.y - before[1])
        if frames - 1 + share >= LATE * FRAMES_PER_STEP:
            assert not made.any(), "it is as good as never"
            continue
        landed = before[0] + share * (ball.x - before[0]) + BALL / 2
        predicted = made[1] * WIDE + env.paddle_x + PADDLE_WIDTH / 2
        # the game's ball turns where it is, a little behind the wall, and the mirror stands at the wall
        assert abs(predicted - landed) <= 0.5 + 2 * abs(vx) * bounces
        assert (1 - made[0]) * LATE * FRAMES_PER_STEP == pytest.approx(frames - 1 + share, abs=1e-3)
        assert made[2] * 45 == pytest.approx(np.degrees(np.arctan2(vx, ball.vy)), abs=1e-3) or bounces
        bounced += bounces > 0
    assert 30 < bounced < 270


@pytest.mark.parametrize(("place", "middle"), [(3, 200), (4, 0), (5, 400)])
def test_from_where_the_paddle_should_be_the_ball_flies_to_the_goal_or_to_a_wall(place, middle):
    rng, arrived, tried = np.random.default_rng(1), 0, 0
    while tried < 60:
        env = game((int(rng.integers(100, 280)), 250, int(rng.integers(165, 196)), 2), paddle=["bounce ball"])
        made = aim(env)
        paddle_x = round(env.paddle_x + made[place] * WIDE)
        inside = PADDLE_LOW <= paddle_x <= PADDLE_HIGH
        if not inside or abs(made[place] - made[1]) * WIDE > 36:  # out of reach
            continue
        tried += 1
        env.paddle_x = paddle_x
        for _ in range(100):
            env.step(STAY)
            ball = env.balls[0]
            if env.counts["goal_entered"] or env.counts["miss"] or env.counts["wall_new"]:
                break
        arrived += env.counts["goal_entered"] > 0 if place == 3 else abs(ball.x + BALL / 2 - middle) < 30
    assert arrived > 0.9 * tried


def test_the_ball_that_lands_first_comes_first_wherever_it_stands_in_the_list():
    soon, later, latest = (100, 300, 180, 2), (300, 200, 180, 2), (200, 20, 180, 2)
    expected = aim(game(soon, later))
    assert expected[0] > expected[FALLING] > 0
    for balls in ((later, soon), (None, soon, None, later), (latest, later, None, soon)):
        np.testing.assert_array_equal(aim(game(*balls)), expected)
    np.testing.assert_array_equal(aim(game(soon))[FALLING:], np.zeros(SIZE - FALLING))


def test_of_a_ball_that_rises_it_is_known_when_and_where_it_comes_to_the_top_and_whether_in_the_goal():
    for x, inside in ((190, 1), (GOAL_LEFT, 1), (GOAL_LEFT - 1, 0), (GOAL_RIGHT - BALL, 1), (GOAL_RIGHT, 0)):
        made = aim(game((x, 207, 0, 2)))
        assert not made[: 2 * FALLING].any()
        steps, where, goal = made[2 * FALLING :]
        assert (1 - steps) * LATE == pytest.approx((207 - BORDER) / 16)
        assert where * WIDE == pytest.approx(x + BALL / 2 - (GOAL_LEFT + GOAL_RIGHT) / 2, abs=1e-3)
        assert goal == inside


def test_without_a_ball_there_is_nothing_to_aim_at():
    assert not aim(game()).any()
    assert not aim(game((200, PADDLE_TOP, 180, 2))).any(), "it is too late for this one"


def test_many_observations_at_once_are_each_alone():
    rng = np.random.default_rng(2)
    seen = np.stack([game(falling(rng), falling(rng)).observe() for _ in range(12)])
    alone = np.stack([aims(one[None])[0] for one in seen])
    np.testing.assert_array_equal(aims(seen.reshape(3, 4, -1)), alone.reshape(3, 4, SIZE))
    assert np.abs(alone).max() < 3


# --- skills ---------------------------------------------------------------------------------------------------------


class Always(Policy):
    """One skill all the time."""

    def __init__(self, skill):
        self.skill = SKILLS.index(skill)

    def start(self, batch, condition=None):
        return None

    def act(self, seen, memory, uniform):
        return skills(seen.observation)[0][:, self.skill], memory


@pytest.fixture(scope="module")
def counts():
    """What happened in an episode of 64 games in which a skill was followed all the time, by skill and by name."""
    task, made = Task(key="right", params=Program.from_json(RIGHT)), {}
    for skill in SKILLS[:5]:
        played = rollout(
            open_simulator(bounce(), 64), Always(skill), [task] * 64, np.arange(64, dtype=np.uint64), steps=100
        )
        seen = played.observation[:, 1:]
        x = seen[..., BALLS_AT + 1]
        made[skill] = {
            **{name: int((seen[..., AT[name]] * played.mask).sum()) for name in ("paddle_new", "miss", "goal_entered")},
            "left wall": int(((x < BORDER) & played.mask & (seen[..., BALLS_AT] > 0)).sum()),
            "right wall": int(((x + BALL >= SCREEN - BORDER) & played.mask).sum()),
        }
    return made


def test_who_catches_catches_and_who_dodges_misses(counts):
    caught, dodged = counts["catch"], counts["dodge"]
    assert caught["paddle_new"] > 10 * caught["miss"]
    assert dodged["miss"] > 10 * dodged["paddle_new"]


def test_who_aims_into_the_goal_scores_more_often_than_who_catches_or_aims_at_a_wall(counts):
    scored = {skill: each["goal_entered"] for skill, each in counts.items()}
    for skill in ("catch", "to the left wall", "to the right wall"):
        assert scored["into the goal"] > 1.3 * scored[skill]


def test_who_aims_at_a_wall_hits_that_wall_more_often_than_the_other_and_than_who_does_not(counts):
    for side, other in (("left", "right"), ("right", "left")):
        hit = counts[f"to the {side} wall"]
        assert hit[f"{side} wall"] > 1.5 * hit[f"{other} wall"]
        assert hit[f"{side} wall"] > 1.5 * counts["into the goal"][f"{side} wall"]


def test_the_last_skills_hold_a_key():
    rng = np.random.default_rng(3)
    seen = np.stack([game(falling(rng)).observe() for _ in range(5)])
    actions, _ = skills(seen)
    assert actions.shape == (5, len(SKILLS))
    for name in ACTIONS:
        assert (actions[:, SKILLS.index(name)] == ACTIONS.index(name)).all()


def test_without_a_ball_to_catch_they_stay():
    actions, _ = skills(game((200, 200, 0, 2)).observe()[None])
    assert (actions[0, :5] == STAY).all()


def test_it_is_time_to_think_again_when_something_happened_and_only_then():
    seen = np.zeros((4, len(FEATURES)), np.int16)
    for row, name in enumerate(("miss", "appeared", "paddle_new")):
        seen[row, AT[name]] = 1
    assert skills(seen)[1].tolist() == [True, True, True, False]


def test_they_walk_by_the_stride_that_the_paddle_has_just_been_seen_to_make():
    env = game((190, 200, 180, 2), paddle_x=150)  # 20 pixels too far to the left
    seen = np.repeat(env.observe()[None], 3, 0)
    seen[1, AT["paddle_moved_right"]], seen[2, AT["paddle_moved_left"]] = 60, 20
    catch = skills(seen)[0][:, SKILLS.index("catch")]
    assert [ACTIONS[action] for action in catch] == ["stay", "stay", "right"]
