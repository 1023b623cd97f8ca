"""The game as it is read: the specification that `fast.py` is compared with, frame by frame.

Random draws come from the game's own stream, one after the other, in the order in which commands run:
- `launch new ball` draws a heading, whenever it puts a ball in the centre;
- `set 'random' ball speed` draws one of five speeds, if there is a ball; `set 'random' paddle speed` always.
Appearance draws nothing.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dreamctl import Stream

from .drawing import draw
from .programs import COMMANDS, Program
from .rules import (
    ACTIONS,
    BALL,
    BALLS,
    BORDER,
    COUNTS,
    FRAMES_PER_STEP,
    GOAL,
    GOAL_LEFT,
    GOAL_RIGHT,
    LAUNCH_HEADINGS,
    LAUNCH_LOW,
    LEFT,
    MISS,
    NORMAL,
    PADDLE,
    PADDLE_HEIGHT,
    PADDLE_HIGH,
    PADDLE_LOW,
    PADDLE_SPEEDS,
    PADDLE_START,
    PADDLE_TOP,
    PADDLE_WIDTH,
    RIGHT,
    RUN,
    SCORE_LIMIT,
    SCREEN,
    SPEEDS,
    START,
    VELOCITY,
    WALL,
    X_HIGH,
    X_LOW,
    bounds,
)

WORDS = [command.replace("'", "").split() for command in COMMANDS]
KEYS = {0: LEFT, 1: RIGHT}  # action -> the event of the key that is held


def observation_space(score_limit: int = SCORE_LIMIT) -> gymnasium.Space[Any]:
    """Of one row: int16, with the true bounds of each of `rules.FEATURES`."""
    low, high = zip(*bounds(score_limit).values(), strict=True)
    return spaces.Box(np.array(low, np.int16), np.array(high, np.int16), dtype=np.int16)


class Ball:
    """A ball's box, velocity and heading, and what it touched in the last frame."""

    def __init__(self, speed: int, heading: int) -> None:
        self.x = self.y = START
        self.counted = False  # in the goal, and not put back since
        self.contact: int | None = None
        self.fresh = True  # launched in this frame
        self.head(heading, speed)
        self.was = self.velocity

    def head(self, heading: int, speed: int) -> None:
        self.heading, self.speed = heading, speed
        self.vx, self.vy = map(int, VELOCITY[speed, heading])

    @property
    def velocity(self) -> tuple[int, int]:
        return self.vx, self.vy

    def touches(self, paddle_x: int) -> int | None:
        """The event of what the ball touches: the first that holds of goal, floor, wall and paddle."""
        if self.y < BORDER and self.x >= GOAL_LEFT and self.x + BALL <= GOAL_RIGHT:
            return GOAL
        if self.y >= SCREEN:
            return MISS
        if self.x < BORDER or self.x + BALL >= SCREEN - BORDER or self.y < BORDER:
            return WALL
        beside = self.x + BALL > paddle_x and self.x < paddle_x + PADDLE_WIDTH
        if beside and self.y + BALL > PADDLE_TOP and self.y < PADDLE_TOP + PADDLE_HEIGHT:
            return PADDLE
        return None

    def turn_sideways(self) -> None:
        self.vx, self.heading = -self.vx, (360 - self.heading) % 360

    def turn_up_or_down(self) -> None:
        self.vy, self.heading = -self.vy, (180 - self.heading) % 360


class BounceEnv(gymnasium.Env[NDArray[np.int16], int]):
    """One game of Bounce, two frames a step. The reward is own points less opponent points of the step."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 25}  # noqa: RUF012  # as gymnasium declares it

    def __init__(self, program: Program, score_limit: int = SCORE_LIMIT, render_mode: str | None = "rgb_array") -> None:
        self.program, self.score_limit, self.render_mode = program, score_limit, render_mode
        self.observation_space: gymnasium.Space[Any] = observation_space(score_limit)
        self.action_space: gymnasium.Space[Any] = spaces.Discrete(len(ACTIONS))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.int16], dict[str, Any]]:
        super().reset(seed=seed)
        self.stream = Stream(int(self.np_random.integers(2**63)) if seed is None else seed)
        self.balls: list[Ball | None] = [None] * BALLS
        self.paddle_x, self.paddle_speed, self.launch_speed = PADDLE_START, NORMAL, NORMAL
        self.own = self.opponent = 0
        self.counts = dict.fromkeys(COUNTS, 0)
        self.run(RUN)
        return self.observe(), {}

    def step(self, action: int) -> tuple[NDArray[np.int16], float, bool, bool, dict[str, Any]]:
        self.counts = dict.fromkeys(COUNTS, 0)
        before = self.own - self.opponent
        for _ in range(FRAMES_PER_STEP):
            if not self.over:
                self.frame(int(action))
        reward = float(self.own - self.opponent - before)
        return self.observe(), reward, self.over, False, {}

    def render(self) -> NDArray[np.uint8]:
        return draw(self.observe())

    @property
    def over(self) -> bool:
        return self.own >= self.score_limit or self.opponent >= self.score_limit

    @property
    def alive(self) -> list[Ball]:
        return [ball for ball in self.balls if ball is not None]

    def frame(self, action: int) -> None:
        paddle_before = self.paddle_x
        for ball in self.alive:
            ball.fresh, ball.was = False, ball.velocity
            ball.x, ball.y = ball.x + ball.vx, ball.y + ball.vy
        if action in KEYS:
            self.counts["left" if KEYS[action] == LEFT else "right"] += 1
            self.run(KEYS[action])
        for k in range(BALLS):
            self.meet(k)
        self.count_turns()
        self.counts["appeared"] += sum(ball.fresh for ball in self.alive)
        self.counts["paddle_moved_right"] += max(self.paddle_x - paddle_before, 0)
        self.counts["paddle_moved_left"] += max(paddle_before - self.paddle_x, 0)

    def meet(self, k: int) -> None:
        """Ball number `k` touches something, or nothing. One just launched stands free in the centre."""
        ball = self.balls[k]
        if ball is None or ball.fresh:
            return
        contact = ball.touches(self.paddle_x)
        self.count_contact(contact, ball.contact)
        ball.contact = contact
        if contact is not None and not ball.counted:
            ball.counted = contact == GOAL and not self.program.bounces_in_goal
            self.run(contact, k)
        if self.balls[k] is ball and (ball.y + BALL <= 0 or ball.y >= SCREEN):
            self.balls[k] = None
            self.counts["gone"] += 1

    def run(self, event: int, k: int = 0) -> None:
        """Run an event's commands, top to bottom; `k` is the number of the ball that it happened to."""
        for code in self.program.events[event]:
            match WORDS[code]:
                case ["move", side]:
                    distance = PADDLE_SPEEDS[self.paddle_speed] * (1 if side == "right" else -1)
                    self.paddle_x = min(max(self.paddle_x + distance, PADDLE_LOW), PADDLE_HIGH)
                case ["score", "point"]:
                    self.own += 1
                case ["score", "opponent", "point"]:
                    self.opponent += 1
                case ["bounce", "ball"]:
                    self.bounce(event, k)
                case ["launch", "new", "ball"]:
                    self.launch(event, k)
                case ["set", *speed, "ball", "speed"]:
                    self.set_ball_speed(event, " ".join(speed))
                case ["set", *speed, "paddle", "speed"]:
                    self.paddle_speed = self.speed_named(" ".join(speed))

    def launch(self, event: int, k: int) -> None:
        if event in (GOAL, MISS):
            if self.over:
                return
        elif None in self.balls:
            k = self.balls.index(None)
        else:
            return
        self.balls[k] = Ball(self.launch_speed, LAUNCH_LOW + self.stream.below(LAUNCH_HEADINGS))

    def set_ball_speed(self, event: int, name: str) -> None:
        if not self.alive:
            return
        speed = self.speed_named(name)
        if event == RUN:
            self.launch_speed = speed
        for ball in self.alive:
            ball.head(ball.heading, speed)

    def speed_named(self, name: str) -> int:
        return self.stream.below(len(SPEEDS)) if name == "random" else SPEEDS.index(name)

    def bounce(self, event: int, k: int) -> None:
        ball = self.balls[k]
        if event not in (PADDLE, WALL, GOAL) or ball is None:
            return
        if event == PADDLE:
            if ball.vy > 0:
                offset = self.paddle_x + PADDLE_WIDTH // 2 - (ball.x + BALL // 2)
                ball.head((180 - ball.heading - offset) % 360, ball.speed)
        elif event == WALL and ball.x <= BORDER:
            if ball.vx < 0:
                ball.turn_sideways()
        elif event == WALL and ball.x + BALL >= SCREEN - BORDER:
            if ball.vx > 0:
                ball.turn_sideways()
        elif ball.vy < 0:
            ball.turn_up_or_down()

    def count_contact(self, contact: int | None, before: int | None) -> None:
        names = {GOAL: ("goal", "goal_entered"), MISS: ("miss",), WALL: ("wall", "wall_new")}
        names[PADDLE] = ("paddle", "paddle_new")
        if contact is None:
            return
        always, *when_new = names[contact]
        self.counts[always] += 1
        if contact != before:
            for name in when_new:
                self.counts[name] += 1

    def count_turns(self) -> None:
        names = {GOAL: "turned_goal", WALL: "turned_wall", PADDLE: "turned_paddle", None: "turned_none"}
        for ball in self.alive:
            if not ball.fresh and ball.velocity != ball.was:
                self.counts[names[ball.contact]] += 1

    def observe(self) -> NDArray[np.int16]:
        scores = [min(score, self.score_limit) for score in (self.own, self.opponent)]
        seen = [self.paddle_x, *scores, len(self.alive)]
        for ball in self.balls:
            seen += [0] * 5 if ball is None else [1, min(max(ball.x, X_LOW), X_HIGH), ball.y, ball.vx, ball.vy]
        return np.array([*seen, *self.counts.values()], np.int16)
