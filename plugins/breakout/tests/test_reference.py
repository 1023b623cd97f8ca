"""Every reference program shows its labels to scripted players, and the right ones show nothing."""

import breakout_probing as probing
import pytest
from breakout_running import Box, follow

from dreamctl import SandboxError
from dreamctl_breakout.design import Design
from dreamctl_breakout.display import ITEMS, display, inspect
from dreamctl_breakout.family import CAMPY, GENERATIONS, PGL, TKINTER
from dreamctl_breakout.frames import BRICKS, GOES_ON, STATUS
from dreamctl_breakout.labels import labels
from dreamctl_breakout.reference import references
from dreamctl_breakout.students import Running

REFERENCES = references()
RIGHT = [reference for reference in REFERENCES if not reference.labels]
WRONG = [reference for reference in REFERENCES if reference.labels and not reference.labels <= set(ITEMS)]
SEEN_AT_ONCE = [reference for reference in REFERENCES if reference.labels & set(ITEMS)]
PROBES = {
    probing.paddle: {"paddle_leaves_screen", "paddle_edge_gap", "paddle_not_centred", "paddle_moves_vertically"},
    probing.serves: {
        "crash_in_play", "launch_vx_one_sided", "launch_not_random", "launch_upwards", "velocity_kept_across_turns",
        "lives_count_wrong", "ball_bounces_off_floor",
    },
    probing.play: {
        "multi_brick_one_frame", "brick_no_bounce", "horizontal_vertical_test_wrong", "brick_break_before_contact",
        "wall_overlap", "score_wrong",
    },
    probing.slams: {"skewer", "click_changes_ball_midplay"},
    probing.top: {"top_wall_missing"},
}  # fmt: skip


def name(reference):
    return reference.name


@pytest.mark.parametrize("reference", RIGHT, ids=name)
def test_a_right_program_shows_nothing_wrong(reference):
    found = probing.paddle(reference.program) | probing.serves(reference.program, seeds=(1, 2))
    assert found == set()


@pytest.mark.parametrize("reference", WRONG, ids=name)
def test_a_wrong_program_shows_what_is_wrong_with_it(reference):
    looked_for, found = set(), set()
    for probe, its_labels in PROBES.items():
        if its_labels & reference.labels:
            looked_for |= its_labels
            found |= probe(reference.program) & its_labels
    if "win_not_detected" in reference.labels:
        seen, cleared = probing.win(reference.program)
        assert cleared
        looked_for, found = looked_for | {"win_not_detected"}, found | seen
    assert reference.labels - set(ITEMS) <= looked_for
    assert found == reference.labels & looked_for


@pytest.mark.parametrize("reference", [*RIGHT[::3], *SEEN_AT_ONCE], ids=name)
def test_what_is_seen_at_once_is_seen_at_once(reference):
    seen = display(reference.program, Box())
    assert {item for item, verdict in seen.verdicts.items() if verdict.present} == reference.labels & set(ITEMS)


def test_an_inspection_says_what_is_certain_and_which_program_would_not_start():
    by_name = {reference.name: reference.program for reference in REFERENCES}
    names = ("web", "web_plain: eight rows", "campy_speeds: imports what it was not handed in with")
    right, eight, broken = inspect([by_name[name] for name in names], Box)
    assert right.problem is None
    assert not any(right.labels.values())
    assert eight.labels["brick_count_wrong"]
    assert broken.labels["does_not_run"]
    assert "ModuleNotFoundError: No module named 'breakoutgraphics'" in broken.problem
    assert eight.seen["brick_count_wrong"] == "There are 80 bricks in 8 rows."


def test_a_design_is_looked_at_as_its_source_is():
    faults = (
        "row_missing", "one_colour", "numbers_in_the_code", "ball_half_off_the_centre", "ball_of_one_radius",
        "loops_for_ever",
    )  # fmt: skip
    designs = [Design(faults=frozenset(some)) for some in ((), *([fault] for fault in faults))]
    for design, looked in zip(designs, inspect(designs, Box), strict=True):
        truth = labels(design)
        assert looked.labels == {item: truth[item] for item in ITEMS if truth[item] or item != "loop_never_ends"}
        assert looked.seen.keys() == {item for item in ITEMS if truth[item]}


def test_where_there_is_no_sandbox_designs_are_not_looked_at():
    def refuse():
        raise SandboxError("no")

    assert inspect([Design()], refuse)[0].labels == {}
    with pytest.raises(SandboxError):
        inspect([REFERENCES[0].program], refuse)


def test_a_follower_wins_and_a_dodger_loses():
    right = {reference.name: reference.program for reference in RIGHT}
    won = Running(Box(), right["web"], 7)
    follow(won)
    assert won.frame[BRICKS] == 0
    lost = Running(Box(), right["web"], 7)
    follow(lost, dodges=True)
    assert lost.frame[STATUS] != GOES_ON
    assert lost.frame[BRICKS] > 90


def test_there_are_programs_for_every_library_and_as_many_as_are_needed_to_measure_a_judge():
    assert {r.program.family.library for r in REFERENCES} == {CAMPY, *GENERATIONS, TKINTER, PGL}
    assert len(REFERENCES) >= 50
    assert len({r.program for r in REFERENCES}) == len(REFERENCES)
    assert len(frozenset().union(*(r.labels for r in REFERENCES))) >= 27
