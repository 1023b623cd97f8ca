import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from dreamctl import open_simulator
from dreamctl_bounce import bounce, rules
from dreamctl_bounce.fast import FastBounce, Pool
from dreamctl_bounce.game import BounceEnv, observation_space
from dreamctl_bounce.generator import sample, wild
from dreamctl_bounce.programs import CODE, Program
from dreamctl_bounce.rules import EVENTS, FEATURES, SCORE_LIMIT, VELOCITY

STEPS = 40
LEFT, RIGHT, STAY = range(3)
RIGHT_PROGRAM = {
    "when run": ["launch new ball"],
    "when left arrow": ["move left"],
    "when right arrow": ["move right"],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": ["bounce ball"],
    "when ball in goal": ["score point", "launch new ball"],
    "when ball misses paddle": ["score opponent point", "launch new ball"],
}


def program(**changes):
    """The right program with other commands under some events: `run`, `left`, `right`, `paddle`, `wall`, ..."""
    commands = dict(RIGHT_PROGRAM)
    for word, codes in changes.items():
        name = next(event for event in EVENTS if word in event)
        commands[name] = codes
    return Program.from_json(commands)


def seen(observation, name):
    return observation[..., FEATURES.index(name)]


def random_actions(batch, steps=STEPS, seed=1):
    rng = np.random.default_rng(seed)
    held = rng.integers(3, size=(steps // 5 + 1, batch)).repeat(5, 0)[:steps]
    return np.where(rng.random((steps, batch)) < 0.5, held, rng.integers(3, size=(steps, batch)))


def seeds(batch, seed=2):
    return np.random.default_rng(seed).integers(2**64, size=batch, dtype=np.uint64)


def play(simulator, programs, actions, row_seeds):
    """Everything that a simulator gives: observations [T+1, B, O], rewards and ends [T, B]."""
    batch = len(programs)
    observations, rewards, ends = [simulator.reset(programs, row_seeds, np.arange(batch))], [], []
    for action in actions:
        step = simulator.step(action)
        observations.append(step.observation)
        rewards.append(step.reward)
        ends.append(step.terminated)
    return np.array(observations), np.array(rewards), np.array(ends)


def same(a, b):
    return all(x.dtype == y.dtype and (x == y).all() for x, y in zip(a, b, strict=True))


def programs_of(kind, number, seed=0):
    rng = np.random.default_rng(seed)
    return [wild(rng) if kind == "wild" else sample(rng).params for _ in range(number)]


@pytest.mark.parametrize("kind", ["wild", "student"])
@pytest.mark.parametrize("limit", [SCORE_LIMIT, 3])
def test_the_readable_and_the_fast_simulator_play_the_same_game(kind, limit):
    programs = programs_of(kind, 60, seed=limit)
    environment = bounce(limit)
    actions = random_actions(len(programs))
    plain = play(open_simulator(environment, len(programs), plain=True), programs, actions, seeds(len(programs)))
    fast = play(open_simulator(environment, len(programs)), programs, actions, seeds(len(programs)))
    assert same(plain, fast)
    assert all(environment.observation_space.contains(o) for o in fast[0].reshape(-1, len(FEATURES)))


def test_a_row_plays_the_same_whatever_shares_its_batch():
    programs, actions, row_seeds = programs_of("wild", 12), random_actions(12), seeds(12)
    together = play(FastBounce(12), programs, actions, row_seeds)
    for b in range(12):
        alone = play(FastBounce(1), programs[b : b + 1], actions[:, b : b + 1], row_seeds[b : b + 1])
        assert same(alone, [part[:, b : b + 1] for part in together])


def test_resetting_some_rows_leaves_the_others_alone_and_starts_those_anew():
    programs, actions, row_seeds = programs_of("student", 6), random_actions(6), seeds(6)
    undisturbed = play(FastBounce(6), programs, actions, row_seeds)[0]
    simulator = FastBounce(6)
    simulator.reset(programs, row_seeds, np.arange(6))
    for action in actions[:10]:
        before = simulator.step(action).observation
    rows = np.array([4, 1])
    after = simulator.reset([programs[4], programs[1]], row_seeds[rows], rows)
    others = np.array([0, 2, 3, 5])
    assert (after[others] == before[others]).all()
    assert (after[rows] == undisturbed[0, rows]).all()
    for t in range(10, STEPS):
        mixed = actions[t].copy()
        mixed[rows] = actions[t - 10, rows]
        observation = simulator.step(mixed).observation
        assert (observation[others] == undisturbed[t + 1, others]).all()
        assert (observation[rows] == undisturbed[t - 9, rows]).all()


def test_a_finished_row_holds_still_with_reward_zero():
    programs = [program(left=["score point"] * 7), program()]
    observations, rewards, ends = play(FastBounce(2), programs, np.zeros((8, 2), int), seeds(2))
    assert ends[:, 0].tolist() == [False, False, *[True] * 6]
    assert not ends[:, 1].any()
    assert (observations[3:, 0] == observations[3, 0]).all()
    assert rewards[:, 0].tolist() == [14, 14, 7, *[0] * 5]


def test_a_program_that_is_over_before_its_first_step_ends_at_that_step_without_a_frame():
    for make in (lambda: FastBounce(1), lambda: open_simulator(bounce(), 1, plain=True)):
        over = [program(run=["launch new ball", *["score point"] * 30])]
        observations, rewards, ends = play(make(), over, np.zeros((2, 1), int), seeds(1))
        assert ends.all()
        assert not rewards.any()
        assert (observations == observations[0]).all()
        assert seen(observations[0, 0], "score_own") == 30


def test_rows_that_were_never_reset_are_zero_and_over():
    simulator = FastBounce(3)
    observation = simulator.reset([program()], seeds(1), np.array([1]))
    assert not observation[[0, 2]].any()
    assert observation[1].any()
    step = simulator.step(np.zeros(3, int))
    assert step.terminated.tolist() == [True, False, True]
    assert not step.observation[[0, 2]].any()


def test_what_was_returned_is_never_changed_later():
    simulator = FastBounce(4)
    kept = [simulator.reset(programs_of("wild", 4), seeds(4), np.arange(4))]
    copies = [kept[0].copy()]
    for action in random_actions(4, 5):
        step = simulator.step(action)
        kept += [step.observation, step.reward, step.terminated]
        copies += [array.copy() for array in kept[-3:]]
    simulator.reset([program()], seeds(1), np.array([2]))
    assert same(kept, copies)


def test_programs_are_compiled_again_after_the_pool_forgot_them(monkeypatch):
    monkeypatch.setattr(Pool, "ROOM", 200)
    programs, actions = programs_of("wild", 8), random_actions(8, 30)
    simulator = FastBounce(8)
    play(simulator, programs_of("wild", 8, seed=9), actions, seeds(8))
    small = simulator.pool
    assert same(play(simulator, programs, actions, seeds(8)), play(FastBounce(8), programs, actions, seeds(8)))
    assert simulator.pool is not small


def test_thousands_of_commands_and_endless_launches_and_points_are_played():
    flood = ["launch new ball", "score point", "score opponent point", "set 'random' ball speed"] * 1000
    programs = [program(left=flood), program(paddle=flood, wall=flood), program(goal=flood, misses=flood), program()]
    observations, _, ends = play(FastBounce(4), programs, np.zeros((60, 4), int), seeds(4))
    assert ends[0, 0]
    assert seen(observations[-1], "balls").max() == 10
    assert all(observation_space().contains(o) for o in observations.reshape(-1, len(FEATURES)))


def test_a_ball_that_leaves_sideways_for_ever_stays_beside_the_screen():
    sideways = program(paddle=["bounce ball"], wall=[], run=["launch new ball"] * 10)
    simulator = FastBounce(64)
    simulator.reset([sideways] * 64, seeds(64), np.arange(64))
    simulator.games["vx"][:, 0], simulator.games["vy"][:, 0] = 12, 0
    for _ in range(3000):
        observation = simulator.step(np.full(64, STAY)).observation
        assert (seen(observation, "ball0_x")[-1] <= 400).all()
    assert (seen(observation, "ball0_x") == 400).all()


# --- the rules ------------------------------------------------------------------------------------------------


def test_velocities_are_truncated_towards_zero_from_python_s_own_sines():
    normal = rules.NORMAL
    assert VELOCITY[normal, 180].tolist() == [0, 8]
    assert VELOCITY[normal, 0].tolist() == [0, -8]
    assert VELOCITY[normal, 150].tolist() == [-3, 6]  # the product is -3.9999999999999996
    assert VELOCITY[normal, 90].tolist() == [-8, 0]
    assert VELOCITY[normal, 270].tolist() == [8, 0]
    assert np.abs(VELOCITY).max((1, 2)).tolist() == list(rules.BALL_SPEEDS)


def set_ball(env, x, y, heading, speed=rules.NORMAL):
    ball = env.balls[0]
    ball.x, ball.y, ball.fresh, ball.contact = x, y, False, None
    ball.head(heading, speed)


@pytest.fixture
def env():
    env = BounceEnv(program())
    env.reset(seed=1)
    return env


def test_a_ball_that_falls_straight_and_strikes_right_of_the_centre_leaves_to_the_left(env):
    right_of_centre = env.paddle_x + 30 + 15
    set_ball(env, right_of_centre - 10, 330, 180)
    env.frame(STAY)
    env.frame(STAY)
    assert env.counts["turned_paddle"] == 1
    assert env.balls[0].heading == 15
    assert env.balls[0].vx < 0
    assert env.balls[0].vy < 0


def test_touching_edges_do_not_overlap(env):
    set_ball(env, 230, 332, 180)
    env.frame(STAY)
    assert env.counts["paddle"] == 0
    set_ball(env, 229, 333, 180)
    env.frame(STAY)
    assert env.counts["paddle"] == 1


def test_a_wall_turns_one_component_only(env):
    set_ball(env, 8, 10, 45)
    env.frame(STAY)
    assert env.counts["wall"] == 1
    assert env.balls[0].vx > 0
    assert env.balls[0].vy < 0
    env.frame(STAY)
    assert env.balls[0].vx > 0
    assert env.balls[0].vy > 0


def test_a_goal_scores_once_and_puts_the_ball_back(env):
    set_ball(env, 190, 10, 0)
    observation, reward, *_ = env.step(STAY)
    assert reward == 1
    assert seen(observation, "goal_entered") == 1
    assert seen(observation, "appeared") == 1
    assert seen(observation, "gone") == 0
    assert seen(observation, "balls") == 1


def test_a_goal_without_a_launch_is_counted_once_and_the_ball_leaves():
    env = BounceEnv(program(goal=["score point"]))
    env.reset(seed=1)
    set_ball(env, 190, 10, 0)
    rewards = [env.step(STAY)[1] for _ in range(5)]
    assert sum(rewards) == 1
    assert env.alive == []


def test_a_ball_that_bounces_in_the_goal_never_counts_as_having_gone_in():
    env = BounceEnv(program(goal=["bounce ball", "score point"]))
    env.reset(seed=1)
    set_ball(env, 190, 10, 0)
    observation, reward, *_ = env.step(STAY)
    assert reward == 1
    assert seen(observation, "turned_goal") == 1
    assert seen(observation, "ball0_vy") == 8


def test_a_ball_speed_without_a_ball_does_nothing_and_one_with_a_ball_is_for_the_whole_game():
    before = BounceEnv(program(run=["set 'fast' ball speed", "launch new ball"]))
    after = BounceEnv(program(run=["launch new ball", "set 'fast' ball speed"]))
    for env, speed in ((before, 2), (after, 3)):
        env.reset(seed=1)
        assert env.balls[0].speed == speed
        assert env.launch_speed == speed


def test_a_random_ball_speed_without_a_ball_draws_nothing():
    env = BounceEnv(program(run=["set 'random' ball speed", "set 'random' paddle speed"]))
    env.reset(seed=1)
    assert env.stream.counter == 1


def test_a_launch_for_a_ball_that_was_missed_puts_that_ball_back_and_others_revive_the_first_that_is_gone():
    env = BounceEnv(program(run=["launch new ball"] * 3, left=["launch new ball", "move left"], misses=[]))
    env.reset(seed=1)
    env.balls[1].x, env.balls[1].y = 20, 398
    env.frame(STAY)
    assert env.balls[1] is None
    assert env.counts["gone"] == 1
    assert env.counts["miss"] == 1
    env.frame(LEFT)
    assert env.balls[1] is not None
    assert env.balls[3] is None
    assert env.counts["appeared"] == 1


def test_once_the_game_is_over_no_ball_is_put_back():
    env = BounceEnv(program(goal=["score point", "launch new ball"]), score_limit=1)
    env.reset(seed=1)
    set_ball(env, 190, 10, 0)
    observation, _, terminated, *_ = env.step(STAY)
    assert terminated
    assert seen(observation, "appeared") == 0
    assert seen(observation, "balls") == 1


def test_the_second_frame_is_not_played_after_the_end(env):
    env.own = 29
    set_ball(env, 190, 10, 0)
    observation, *_ = env.step(LEFT)
    assert seen(observation, "left") == 1


# --- what a player sees ---------------------------------------------------------------------------------------


def test_looks_change_nothing_that_a_grader_sees():
    looks = [
        f"set '{look}' {part}" for look in ("hardcourt", "retro", "random") for part in ("scene", "ball", "paddle")
    ]
    plain = [program(wall=["score point", "launch new ball"])]
    adorned = Program(tuple(bytes([CODE[look] for look in looks]) + event for event in plain[0].events))
    actions = random_actions(1)
    assert same(*(play(FastBounce(1), p, actions, seeds(1)) for p in (plain, [adorned])))


def test_observations_of_programs_that_differ_where_nothing_happened_are_equal():
    a, b = program(), program(goal=["score opponent point"], wall=["move left"], paddle=[])
    few = np.full((8, 1), STAY)
    assert same(*(play(FastBounce(1), [p], few, seeds(1)) for p in (a, b)))


def test_both_simulators_draw_the_same_picture():
    plain, fast = open_simulator(bounce(), 2, plain=True), open_simulator(bounce(), 2)
    for simulator in (plain, fast):
        play(simulator, programs_of("wild", 2), random_actions(2, 10), seeds(2))
    picture = fast.render(1)
    assert picture.shape == (400, 400, 3)
    assert picture.dtype == np.uint8
    assert (picture == plain.render(1)).all()
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) >= 4


def test_the_paddle_is_drawn_where_it_is(env):
    before = env.render()
    env.step(LEFT)
    after = env.render()
    assert (before != after)[360:370].any()
    assert not (before != after)[372:].any()


def test_gymnasium_finds_nothing_wrong_with_the_readable_game():
    check_env(BounceEnv(program()), skip_render_check=True)


def test_the_environment_names_only_features_that_there_are():
    environment = bounce()
    assert len(environment.features) == environment.observation_space.shape[0] == len(set(environment.features))
    for names in (environment.events, environment.outcomes, environment.totals):
        assert set(names) <= set(environment.features)
