"""The fast simulator plays what the source says: the same frames, and so the same observations."""

import ast

import numpy as np
import pytest
from attrs import evolve
from breakout_bare import Box

from dreamctl import UsageError
from dreamctl_breakout.design import COURSES, FAULTS, Design, impossible, with_faults
from dreamctl_breakout.fast import code
from dreamctl_breakout.generator import sample
from dreamctl_breakout.mixed import MixedSimulator
from dreamctl_breakout.names import ACTIONS, DODGE, LEFT_EDGE, PLAY
from dreamctl_breakout.simulator import DesignSimulator
from dreamctl_breakout.source import source
from dreamctl_breakout.students import Program, ProgramSimulator


def seeds(batch, seed=3):
    return np.random.default_rng(seed).integers(2**64, size=batch, dtype=np.uint64)


def play(simulator, params, actions, row_seeds=None):
    """Observations [T+1, B, O] and ends [T, B]."""
    batch = len(params)
    row_seeds = seeds(batch) if row_seeds is None else row_seeds
    observations, ends = [simulator.reset(params, row_seeds, np.arange(batch))], []
    for action in actions:
        step = simulator.step(action)
        observations.append(step.observation)
        ends.append(step.terminated)
    return np.array(observations), np.array(ends)


def program(design):
    return Program({"breakout.py": source(design).encode()})


def with_one_fault(fault, number=0):
    """A program with this fault that is otherwise right, of one of the courses."""
    base = list(COURSES.values())[number % len(COURSES)]
    base = evolve(base, click_to_serve=True, label="score", pauses_last=number % 2 == 0)
    base = evolve(base, polls=number % 3 == 0, moves_last=number % 4 == 0)
    design = with_faults(evolve(base, end_label=fault == "serves_after_the_end"), [fault])
    return evolve(design, label="none") if impossible(design) else design


def drawn(number, seed):
    rng = np.random.default_rng(seed)
    return [sample(rng).params for _ in range(number)]


def test_the_fast_simulator_plays_the_same_game_as_the_source():
    designs = [*(with_one_fault(fault, n) for n, fault in enumerate(FAULTS)), *drawn(12, seed=8)]
    assert not any(impossible(design) for design in designs)
    actions = np.random.default_rng(1).integers(len(ACTIONS) - 1, size=(4, len(designs)))
    actions[0] = LEFT_EDGE
    actions[1] = np.where(np.arange(len(designs)) % 4, DODGE, PLAY)
    plain = ProgramSimulator(len(designs), Box)
    slow = play(plain, [program(design) for design in designs], actions)
    plain.close()
    fast = play(DesignSimulator(len(designs)), designs, actions)
    for b, design in enumerate(designs):
        for one, other in zip(slow, fast, strict=True):
            assert (one[:, b] == other[:, b]).all(), (sorted(design.faults), np.argwhere(one[:, b] != other[:, b])[:9])


def test_a_row_plays_the_same_whatever_shares_its_batch():
    designs, actions = drawn(10, seed=2), np.random.default_rng(3).integers(len(ACTIONS), size=(6, 10))
    together = play(DesignSimulator(10), designs, actions)
    for b in range(10):
        alone = play(DesignSimulator(1), designs[b : b + 1], actions[:, b : b + 1], seeds(10)[b : b + 1])
        assert all((one[:, 0] == many[:, b]).all() for one, many in zip(alone, together, strict=True))


def test_a_second_episode_is_like_the_first_with_the_same_seed():
    designs, actions = drawn(10, seed=4), np.random.default_rng(5).integers(len(ACTIONS), size=(6, 10))
    simulator = DesignSimulator(10)
    first, second = play(simulator, designs, actions), play(simulator, designs, actions)
    assert all((one == other).all() for one, other in zip(first, second, strict=True))


def test_every_design_that_is_drawn_is_python_and_only_one_fault_breaks_that():
    for design in drawn(300, seed=6):
        if design.has("syntax_error"):
            with pytest.raises(SyntaxError):
                ast.parse(source(design))
        else:
            ast.parse(source(design))


def test_a_fault_changes_the_source():
    for fault in FAULTS:
        design = with_one_fault(fault)
        assert source(design) != source(design.without(fault)), fault


@pytest.mark.parametrize(
    ("design", "sentence"),
    [
        (Design(faults={"no such fault"}), "no fault"),
        (Design(faults={"one_turn_more", "one_turn_less"}), "same thing"),
        (Design(faults={"score_one_behind"}), "needs a score"),
        (Design(rows=40), "at most 16"),
        (Design(gap=0.0), "gap"),
    ],
)
def test_a_design_that_no_program_can_have_is_refused(design, sentence):
    with pytest.raises(UsageError, match=sentence):
        code(design)


def test_designs_and_programs_share_a_batch():
    designs = drawn(6, seed=11)
    params = [program(design) if n % 2 else design for n, design in enumerate(designs)]
    actions = np.random.default_rng(2).integers(PLAY, size=(4, 6))
    mixed = MixedSimulator(6, Box)
    both = play(mixed, params, actions)
    mixed.close()
    fast = play(DesignSimulator(6), designs, actions)
    assert all((one == other).all() for one, other in zip(both, fast, strict=True))
    assert mixed.played > 0
