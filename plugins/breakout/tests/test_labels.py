"""What the labels say, and that play shows it."""

import numpy as np
import pytest
from attrs import evolve

from dreamctl import rollout
from dreamctl_breakout.design import COURSES, FAULTS, Design
from dreamctl_breakout.generator import LISTS, sample, task, tasks
from dreamctl_breakout.hiding import RULES, shown
from dreamctl_breakout.labels import ENTRIES, GROUPS, LABELS, PLAYED, labels, labels_of, rubrics
from dreamctl_breakout.names import DODGE, FEATURES, PLAY_ON
from dreamctl_breakout.scripted import ScriptedPolicy
from dreamctl_breakout.simulator import DesignSimulator

SEEN = {  # fault -> what shows it, and from where on
    "row_missing": ("bricks at start", None),
    "four_by_four": ("bricks at start", None),
    "ball_corner_at_the_centre": ("start off x", 0.9),
    "ball_half_off_the_centre": ("put off y", 0.4),
    "ball_of_one_radius": ("ball size", None),
    "ball_of_four_radii": ("ball size", 1.6),
    "paddle_by_its_left_edge": ("paddle off the mouse", 0.9),
    "paddle_not_held_back": ("paddle beyond", 2.0),
    "paddle_held_back_at_the_left": ("paddle beyond", 2.0),
    "paddle_held_back_at_the_right": ("paddle beyond", 2.0),
    "paddle_ignores_the_edges": ("gap at the edge", 0.5),
    "paddle_stops_short": ("gap at the edge", 1.9),
    "paddle_follows_up_and_down": ("paddle up and down", 1.0),
    "paddle_drops_at_first": ("paddle up and down", 0.9),
    "paddle_ignored": ("passes the paddle", 1.0),
    "paddle_by_one_corner": ("passes the paddle", 1.0),
    "paddle_flips": ("paddle flips in a row", 1.0),
    "paddle_turns_both": ("turns at the paddle", 0.9),
    "launched_upwards": ("served up", 1.0),
    "velocity_drawn_once": ("old velocity", 1.0),
    "walls_at_the_centre": ("past side walls", 0.4),
    "right_wall_late": ("past side walls", 0.9),
    "no_top_wall": ("stays above", 1.0),
    "speed_drawn_at_walls": ("wall flips in a row", 0.6),
    "slower_at_walls": ("wall flips in a row", 0.6),
    "brick_never_turns": ("share without bounce", 0.9),
    "brick_turns_from_below": ("share without bounce", 0.02),
    "each_brick_turns": ("several at once", 0.2),
    "several_bricks": ("several at once", 0.2),
    "hits_from_afar": ("gone too early", 0.2),
    "hits_ahead": ("gone too early", 0.2),
    "brick_turns_both": ("turns both ways at bricks", 0.9),
    "brick_turns_sideways": ("turns sideways at bricks", 0.9),
    "removes_the_paddle": ("others gone", 1.0),
    "one_turn_more": ("wrong turns", 0.3),
    "one_turn_less": ("wrong turns", 0.3),
    "two_turns_less": ("wrong turns", 0.6),
    "two_turns_more": ("wrong turns", 0.6),
    "endless_turns": ("wrong turns", 1.0),
    "floor_turns": ("floor bounces", 1.0),
    "floor_is_a_wall": ("floor bounces", 1.0),
    "goes_on_without_bricks": ("flies after the last brick", 0.9),
    "win_seen_at_a_miss": ("flies after the last brick", 0.9),
    "click_launches_again": ("changes at clicks", 1.0),
    "click_puts_the_ball_back": ("changes at clicks", 1.0),
    "click_sends_the_ball_down": ("changes at clicks", 1.0),
    "serves_after_the_end": ("served after the end", 1.0),
    "score_counts_the_paddle": ("counted nothing", 0.2),
    "score_one_behind": ("first counted late", 1.0),
    "score_lost_at_a_miss": ("number fell", 0.1),
    "name_error_at_a_miss": ("breaks off", 1.0),
    "name_error_at_a_win": ("breaks off", 1.0),
}
USUAL = {"bricks at start": 1.0, "ball size": 1.0}
SLAMMED = evolve(COURSES["code in place"], click_to_serve=True, label="score", end_label=True)


def explore(designs, seed=0, episodes=6):
    """The most of each component [B, O] that the scripted player sees."""
    row_seeds = np.arange(len(designs), dtype=np.uint64) + np.uint64(seed)
    played = rollout(
        DesignSimulator(len(designs)), ScriptedPolicy(), [task(d) for d in designs], row_seeds, steps=30,
        episodes=episodes,
    )  # fmt: skip
    return np.where(played.valid[..., None], played.observation, -np.inf).max(1)


def most(seen, name):
    return seen[:, FEATURES.index(name)]


def test_every_fault_shows_under_the_scripted_player_and_only_where_it_is():
    designs = [SLAMMED if f == "" else evolve(SLAMMED, faults={f}) for f in ("", *SEEN)]
    seen = explore(designs)
    right, *faulty = seen
    for fault, row in zip(SEEN, faulty, strict=True):
        name, least = SEEN[fault]
        usual, found = right[FEATURES.index(name)], row[FEATURES.index(name)]
        if name in USUAL:
            assert usual == USUAL[name]
        if least is None:
            assert abs(found - usual) > 0.05, fault
        else:
            assert found >= least > usual, (fault, found, usual)


def test_right_programs_show_nothing_and_have_no_label():
    rng, designs = np.random.default_rng(7), []
    while len(designs) < 40:
        design = sample(rng).params
        if not design.faults:
            designs.append(design)
    seen = explore(designs)
    assert not any(any(labels(design).values()) for design in designs)
    for name, limit in {
        "passes the paddle": 0.0, "paddle flips in a row": 0.2, "wall flips in a row": 0.4, "past side walls": 0.3,
        "past the top wall": 0.0, "stays above": 0.0, "hits without bounce": 0.0, "most bricks at once": 0.5,
        "largest gap": 0.0, "served up": 0.0, "changes at clicks": 0.0, "floor bounces": 0.0, "wrong turns": 0.0,
        "flies after the last brick": 0.0, "first counted late": 0.0, "served after the end": 0.0, "others gone": 0.0,
        "paddle beyond": 0.0, "gap at the edge": 0.0, "paddle up and down": 0.0, "breaks off": 0.0,
    }.items():  # fmt: skip
        assert (most(seen, name) <= limit + 1e-6).all(), name


@pytest.mark.parametrize("closes", [False, True])
def test_a_win_and_a_loss_end_the_game(closes):
    design = evolve(COURSES["stancode"], closes=closes)
    for action, name, value in ((PLAY_ON, "cleared", 1.0), (DODGE, "misses", 0.6)):
        simulator = DesignSimulator(1)
        simulator.reset([design], np.array([5], np.uint64), np.array([0]))
        for _ in range(20):
            step = simulator.step(np.array([action]))
            if step.terminated[0]:
                break
        assert step.terminated[0]
        assert most(step.observation, name)[0] == pytest.approx(value)
        assert most(step.observation, "over")[0] == 1.0
        again = simulator.step(np.array([action]))
        assert (again.observation == step.observation).all()


def test_a_hidden_fault_is_not_seen_or_hardly():
    """The rule says which; the very same frames follow where the fault is hidden for good."""
    for faults, gone in (
        ({"paddle_ignored", "several_bricks"}, "several_bricks"),
        ({"name_error_at_a_miss", "endless_turns"}, "endless_turns"),
        ({"floor_is_a_wall", "name_error_at_a_miss"}, "name_error_at_a_miss"),
        ({"paddle_by_its_left_edge", "paddle_held_back_at_the_right"}, "paddle_held_back_at_the_right"),
        ({"velocity_drawn_once", "click_launches_again"}, "click_launches_again"),
        ({"two_turns_less", "velocity_drawn_once"}, "velocity_drawn_once"),
        ({"goes_on_without_bricks", "name_error_at_a_win"}, "name_error_at_a_win"),
    ):
        design = evolve(SLAMMED, faults=faults)
        without = shown(design)
        assert without.faults == faults - {gone}
        assert not labels(design)[labels_of(gone)[0]]
        if gone != "name_error_at_a_win":  # which shows when all turns are lost after a win
            with_it, without_it = explore([design], 3, 2), explore([without], 3, 2)
            assert (with_it == without_it).all(), gone


def test_the_rules_know_their_faults_and_leave_right_programs_alone():
    assert all(set(rule.hidden) <= set(FAULTS) for rule in RULES)
    assert shown(Design()) == Design()


def test_every_item_has_its_words_and_every_fault_its_item():
    assert len(LABELS) == len(set(LABELS)) == 34
    assert {GROUPS[key] for key in LABELS} == {"display", "paddle", "ball", "bricks", "ending", "robustness"}
    assert all(entry.title and entry.feedback.endswith(".") for entry in ENTRIES)
    assert all(labels_of(fault) for fault in FAULTS)
    everything, play = rubrics()
    assert play.keys == PLAYED
    assert everything.keys == LABELS


def test_a_program_that_does_not_run_has_nothing_else_wrong():
    design = evolve(SLAMMED, faults={"syntax_error", "endless_turns", "no_top_wall"})
    assert [key for key, so in labels(design).items() if so] == ["does_not_run"]


def test_no_combination_of_faults_is_in_two_splits_and_every_label_is_in_each():
    found = tasks()
    combinations = {}
    for name, size in LISTS.items():
        listed = getattr(found, name)
        assert len(listed) == size
        combinations[name] = {t.params.faults for t in listed if len(t.params.faults) > 1}
        assert all(any(t.labels[key] for t in listed) for key in PLAYED), name
    assert not combinations["train"] & (combinations["validation"] | combinations["test"])
    assert not combinations["validation"] & combinations["test"]
    drawn = [found.sample(np.random.default_rng(seed)) for seed in range(50)]
    assert not {t.params.faults for t in drawn if len(t.params.faults) > 1} & combinations["test"]


def test_what_is_drawn_shows_all_its_faults():
    rng = np.random.default_rng(9)
    for _ in range(300):
        design = sample(rng).params
        assert shown(design) == design
