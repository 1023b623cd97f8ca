"""What shows in play, found by scripted players alone: enough to say that a reference program has its labels."""

from itertools import pairwise

import numpy as np
from breakout_running import PROGRAMS, Box, follow

from dreamctl_breakout.frames import (
    BALL,
    BALL_BOTTOM,
    BALL_LEFT,
    BALL_RIGHT,
    BALL_TOP,
    BRICKS,
    CRASHED,
    GAP,
    GOES_ON,
    GONE,
    HEIGHT,
    NUMBER,
    PADDLE,
    PADDLE_BOTTOM,
    PADDLE_LEFT,
    PADDLE_RIGHT,
    PADDLE_TOP,
    STATUS,
    WIDTH,
)
from dreamctl_breakout.students import Running

__all__ = ["PROGRAMS", "paddle", "play", "serves", "slams", "top", "win"]


def paddle(program):
    """Items of the paddle, from a mouse that goes about."""
    running, found, offsets, tops = Running(Box(), program, 3), set(), [], set()
    width = running.frame[WIDTH]
    running.advance(width // 2, 200.0, 1.0)  # some begin with a click
    running.advance(width // 2, 200.0, 0.0)
    for number, x in enumerate((*np.linspace(0.4, 0.6, 8) * width, 0.35 * width, 0.02 * width, 0.0, 0.0, 0.0)):
        running.advance(x, 300.0 + 10 * number, 0.0)
        frame = running.frame
        if frame[STATUS] != GOES_ON or not frame[PADDLE]:
            continue
        tops.add(frame[PADDLE_TOP])
        middle = (frame[PADDLE_LEFT] + frame[PADDLE_RIGHT]) / 2
        if 2 <= number < 8:
            offsets.append(abs(middle - np.floor(x + 0.5)) / (frame[PADDLE_RIGHT] - frame[PADDLE_LEFT]))
        if frame[PADDLE_LEFT] < -2:
            found.add("paddle_leaves_screen")
    if running.frame[PADDLE] and running.frame[PADDLE_LEFT] > 5:
        found.add("paddle_edge_gap")
    if offsets and np.median(offsets) > 0.2:
        found.add("paddle_not_centred")
    if len(tops) > 2:
        found.add("paddle_moves_vertically")
    running.close()
    return found


def serves(program, seeds=(1, 2, 3)):
    """Items of the launches and of the end of a game, from a player who dodges."""
    found, launches, turns, kept = set(), [], [], []
    for seed in seeds:
        running = Running(Box(), program, seed)
        frames = _dodge(running)
        games = _launches(frames)
        launches += games
        turns.append(_misses(frames))
        kept += [np.allclose(a, b) for a, b in pairwise(games)]
        if _floor(np.array(frames), _velocity(np.array(frames))):
            found.add("ball_bounces_off_floor")
        if frames[-1][STATUS] == CRASHED or running.scene.tracebacks:
            found.add("crash_in_play")
        running.close()
    sideways = np.array([vx for vx, _ in launches])
    if len(launches) >= 6:
        found |= {"launch_vx_one_sided"} if (sideways > 0).all() or (sideways < 0).all() else set()
        found |= {"launch_not_random"} if np.ptp(np.abs(sideways)) < 1e-6 and "crash_in_play" not in found else set()
        found |= {"launch_upwards"} if np.mean([vy < 0 for _, vy in launches]) > 0.5 else set()
    if kept and all(kept) and "launch_not_random" not in found:
        found.add("velocity_kept_across_turns")
    if set(turns) != {3} and "crash_in_play" not in found:
        found.add("lives_count_wrong")
    return found


def play(program, seeds=(5, 6)):
    """Items of walls and bricks, from a player who follows the ball."""
    return set().union(*(_play(program, seed) for seed in seeds))


def top(program, frames=9000):
    """What shows when some bricks are gone at last: a wall that is not there."""
    return _play(program, 5, frames)


def _play(program, seed, frames=1500):
    running = Running(Box(), program, seed)
    seen = np.array(follow(running, frames))
    running.close()
    found = set()
    if len(seen) < 10:
        return found
    velocity = _velocity(seen)
    hits = np.flatnonzero((seen[1:-1, GONE] > 0) & (seen[1:-1, GONE] <= 8)) + 1
    flips = np.array([_flips(velocity, t) for t in hits if 2 < t < len(seen) - 3]).reshape(-1, 2)
    if (seen[:, GONE] > 1).any() and (seen[:, GONE] <= 8).all():
        found.add("multi_brick_one_frame")
    if len(flips) and np.mean(~flips.any(1)) > 0.04:
        found.add("brick_no_bounce")
    if len(flips) and np.mean(flips[:, 0]) > 0.5:
        found.add("horizontal_vertical_test_wrong")
    if len(hits) and np.mean(seen[hits, GAP] > 2) > 0.2:
        found.add("brick_break_before_contact")
    there = seen[seen[:, BALL] > 0]
    fast = np.nanmax(np.abs(velocity[np.abs(velocity).max(1) < 20, 0])) if len(velocity) else 0.0
    over = max(-there[:, BALL_LEFT].min(), (there[:, BALL_RIGHT] - there[:, WIDTH]).max())
    if over > 1.5 * fast + 3:
        found.add("wall_overlap")
    if (there[-60:, BALL_BOTTOM] < 0).all() and len(there) > 60:
        found.add("top_wall_missing")
    number = seen[:, NUMBER]
    changes = np.flatnonzero(np.diff(number[number >= 0])) if (number >= 0).any() else []
    if len(changes) > 5 and _miscounts(seen):
        found.add("score_wrong")
    return found


def slams(program, seeds=(1, 2)):
    """Whether the ball sticks in a paddle that comes from the side, and what a click does to a ball that flies."""
    return set().union(*(_slam(program, seed) for seed in seeds))


def win(program, seed=7):
    """Whether the ball flies on without bricks; and whether they all went."""
    running = Running(Box(), program, seed)
    follow(running, 40_000)
    found, cleared = set(), running.frame[BRICKS] == 0
    if cleared and running.frame[STATUS] == GOES_ON:
        boxes = []
        for _ in range(30):
            running.advance(*_under(running.frame), 0.0)
            boxes.append(running.frame[BALL_LEFT : BALL_BOTTOM + 1].copy())
        if running.frame[STATUS] == GOES_ON and (np.ptp(boxes, axis=0) > 1).any():
            found.add("win_not_detected")
    running.close()
    return found, cleared


# --- players and measures -------------------------------------------------------------------------------------------


def _under(frame):
    return float((frame[BALL_LEFT] + frame[BALL_RIGHT]) / 2), float(0.8 * frame[HEIGHT])


def _dodge(running, frames=4000):
    seen, calm = [running.frame], 0
    for number in range(frames):
        frame = running.frame
        if frame[STATUS] != GOES_ON or calm > 120:
            break
        middle = _under(frame)[0] if frame[BALL] else frame[WIDTH] / 2
        width = frame[WIDTH]
        waits = calm > 3 or not frame[BALL]
        x = middle + 0.4 * width if middle < width / 2 else middle - 0.4 * width
        running.advance(x, 0.8 * frame[HEIGHT], float(waits and number % 10 == 0))
        seen.append(running.frame)
        same = np.array_equal(frame[BALL : BALL_BOTTOM + 1], running.frame[BALL : BALL_BOTTOM + 1])
        calm = calm + 1 if same else 0
    return seen


def _velocity(seen):
    centre = np.stack([seen[:, BALL_LEFT] + seen[:, BALL_RIGHT], seen[:, BALL_TOP] + seen[:, BALL_BOTTOM]], 1) / 2
    velocity = np.vstack([[0.0, 0.0], np.diff(centre, axis=0)])
    jumped = (np.abs(velocity).max(1) > 40) | (seen[:, BALL] == 0) | (np.roll(seen[:, BALL], 1) == 0)
    velocity[jumped] = 0.0
    return velocity


def _launches(frames):
    """The first velocity after each time that the ball was put somewhere, or made."""
    seen = np.array(frames)
    velocity, flying, launches = _velocity(seen), False, []
    for t in range(1, len(seen)):
        moving = np.abs(velocity[t]).max() > 0
        low = seen[t, BALL_BOTTOM] > 0.75 * seen[t, HEIGHT]
        if moving and not flying and not low:
            launches.append(velocity[t])
        flying = moving
    return launches


def _misses(frames):
    """How often the ball came down, below the paddle, and was put back or stayed."""
    seen = np.array(frames)
    count, down = 0, False
    for t in range(len(seen)):
        edge = max(seen[t, PADDLE_BOTTOM], 0.9 * seen[t, HEIGHT])
        low = seen[t, BALL] > 0 and seen[t, BALL_BOTTOM] > edge
        count += bool(low and not down)
        down = low
    return count


def _flips(velocity, t):
    """Whether vx or vy changed its sign in the frame of a hit or in the next one."""
    before, at, after = velocity[t - 1 : t + 2]
    return (before * at < 0) | (at * after < 0)


def _floor(seen, velocity):
    at_floor = seen[:, BALL_BOTTOM] >= seen[:, HEIGHT] - 1
    for t in np.flatnonzero(at_floor[1:-2]) + 1:
        if velocity[t, 1] > 0 and velocity[t + 1, 1] < 0 and np.abs(velocity[t + 1]).max() < 20:
            return True
    return False


def _miscounts(seen):
    number = seen[:, NUMBER]
    for t in range(1, len(seen)):
        if number[t] != number[t - 1] and number[t - 1] >= 0 and seen[t, GONE] == 0 and seen[t - 1, GONE] == 0:
            return True
    return False


def _slam(program, seed):
    running, found = Running(Box(), program, seed), set()
    flips, last, clicked, before = 0, 0.0, 0, None
    for number in range(900):
        frame = running.frame
        if frame[STATUS] != GOES_ON:
            break
        middle = _under(frame)[0] if frame[BALL] else frame[WIDTH] / 2
        long = frame[PADDLE_RIGHT] - frame[PADDLE_LEFT]
        vy = frame[BALL_BOTTOM] - last
        beside = frame[BALL_BOTTOM] < frame[PADDLE_TOP] + 3 or frame[BALL_TOP] > frame[PADDLE_BOTTOM]
        side = 1 if middle < frame[WIDTH] / 2 else -1
        x = middle + side * (long / 2 + 30) if beside and vy > 0 else middle
        resting = number % 25 == 0 and vy == 0
        high = vy < 0 and 0.55 * frame[HEIGHT] < frame[BALL_TOP] < 0.7 * frame[HEIGHT]
        open_air = frame[BALL_LEFT] > 40 and frame[BALL_RIGHT] < frame[WIDTH] - 40
        click = resting or (high and open_air and number - clicked > 60)
        if click and high:
            clicked, before = number, (middle, vy)
        last = frame[BALL_BOTTOM]
        running.advance(x, 0.8 * frame[HEIGHT], float(click))
        new = running.frame[BALL_BOTTOM] - last
        inside = (
            running.frame[BALL_BOTTOM] >= frame[PADDLE_TOP] - 8 and running.frame[BALL_TOP] <= frame[PADDLE_BOTTOM] + 8
        )
        flips = flips + 1 if inside and new * vy < 0 else flips if inside else 0
        if flips >= 5:
            found.add("skewer")
        if before is not None and number == clicked + 2 and abs(new - before[1]) > 0.01 and running.frame[GONE] == 0:
            found.add("click_changes_ball_midplay")
    running.close()
    return found
