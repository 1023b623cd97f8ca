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
from dreamctl_breakout.names import ACTIONS, CLICK, DODGE, LEFT_EDGE, PLAY
from dreamctl_breakout.simulator import DesignSimulator
from dreamctl_breakout.source import source
from dreamctl_breakout.students import Program, ProgramSimulator

NOT_PLAYED = {fault for fault, slot in FAULTS.items() if slot == "start"}


def seeds(batch, seed=3):
    return np.random.default_rng(seed).integers(2**64, size=batch, dtype=np.uint64)


def play(simulator, params, actions):
    """Observations [T+1, B, O] and ends [T, B]."""
    batch = len(params)
    observations, ends = [simulator.reset(params, seeds(batch), np.arange(batch))], []
    for action in actions:
        step = simulator.step(action)
        observations.append(step.observation)
        ends.append(step.terminated)
    return np.array(observations), np.array(ends)


def program(design):
    return Program({"breakout.py": source(design).encode()})


def everything():
    """A design with each fault, and many drawn ones."""
    rng = np.random.default_rng(8)
    courses = list(COURSES.values())
    for number, fault in enumerate(sorted(set(FAULTS) - NOT_PLAYED)):
        base = evolve(courses[number % len(courses)], click_to_serve=True, label="score", pauses_last=number % 2 == 0)
        design = with_faults(evolve(base, end_label=fault == "serves_after_the_end"), [fault])
        yield evolve(design, label="none") if impossible(design) else design
    for _ in range(12):
        yield sample(rng).params


def test_the_fast_simulator_plays_the_same_game_as_the_source():
    designs = list(everything())
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
