"""Players that know the world and no task: one reads the sign, one tries what may be right (posterior sampling).

Both see what every player sees. They find out where they start from their first picture, keep count of their own
steps, and keep a belief about which colour is right, by what the sign says and what touching an object brought.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from dreamctl import Episodes, Policy, Seen

from .seeing import locate, moved, nearest, read
from .world import COLOURS, END, FORWARD, LEFT, PLACES, RIGHT, SIGN_X, SIGN_Z, TURN

VIEW = (4.6, 8.6)  # where the sign is read from
THERE = 0.8  # metres from it that are near enough
SURE = 0.99
TARGETS = np.array(PLACES)  # [objects, 2]


@frozen(eq=False)
class Known:
    """What a player knows, and whom it takes to be right in this episode."""

    place: NDArray[np.float64]  # [B, (x, z, angle)]
    belief: NDArray[np.float64]  # [B, colours]
    choice: NDArray[np.int64]  # [B] a colour

    @classmethod
    def nothing(cls, batch: int, belief: NDArray[np.float64] | None = None) -> Known:
        even = np.full((batch, len(COLOURS)), 1 / len(COLOURS))
        return cls(np.zeros((batch, 3)), even if belief is None else belief, np.zeros(batch, np.int64))

    def having_seen(
        self,
        observation: NDArray[np.uint8],
        action: NDArray[np.int64],
        reward: NDArray[np.float32],
        begins: NDArray[np.bool_],
    ) -> Known:
        """After the observations [B, *O] that the actions and rewards [B] led to."""
        place = moved(self.place, action)
        if begins.any():
            place[begins] = locate(observation[begins])
        weight = self.belief * read(observation, place)
        colour, thing = np.arange(len(COLOURS)), nearest(place)[:, None]
        same = (thing >= 0) & (thing % len(COLOURS) == colour)
        told = np.where(reward[:, None] > 0, same, np.where(reward[:, None] < 0, ~same, True))
        weight *= np.where((thing >= 0) & ~begins[:, None], told, True)
        total = weight.sum(1, keepdims=True)
        return evolve(self, place=place, belief=np.where(total > 0, weight, 1 / len(COLOURS)) / np.maximum(total, 1e-9))


def belief_after(episodes: Episodes) -> NDArray[np.float64]:
    """[B, colours] after whole explorations."""
    known, starts, valid = Known.nothing(len(episodes)), episodes.starts, episodes.valid
    for t in range(valid.shape[1]):
        action = episodes.action[:, t - 1] if t else np.full(len(episodes), -1)
        reward = episodes.reward[:, t - 1] if t else np.zeros(len(episodes), np.float32)
        after = known.having_seen(episodes.observation[:, t], action, reward, starts[:, t])
        going = valid[:, t, None]
        known = evolve(
            after,
            place=np.where(going, after.place, known.place),
            belief=np.where(going, after.belief, known.belief),
        )
    return known.belief


def towards(place: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.int64]:
    """[B] the action that leads from places [B, 3] towards targets [B, 2]: turn until it is ahead, then walk."""
    off = _off(place, target)
    return np.where(np.abs(off) <= TURN / 2, FORWARD, np.where(off > 0, LEFT, RIGHT))


def _off(place: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """[B] by what angle a target lies left of where one looks, from -pi to pi."""
    bearing = np.arctan2(place[:, 1] - target[:, 1], target[:, 0] - place[:, 0])
    return (bearing - place[:, 2] + np.pi) % (2 * np.pi) - np.pi


class _Walker(Policy):
    """Walks to the object that it takes to be right; `start` is conditioned on a belief [B, colours]."""

    def start(self, batch: int, condition: NDArray[np.float64] | None = None) -> Known:
        return Known.nothing(batch, condition)

    def act(self, seen: Seen, memory: Known, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Known]:
        known = memory.having_seen(seen.observation, seen.action, seen.reward, seen.new_episode)
        drawn = (known.belief.cumsum(1) <= uniform[:, None]).sum(1).clip(max=len(COLOURS) - 1)
        known = evolve(known, choice=np.where(seen.new_episode, drawn, memory.choice))
        return self.choose(seen, known), known

    def choose(self, seen: Seen, known: Known) -> NDArray[np.int64]:
        return towards(known.place, TARGETS[self.wanted(seen, known)])

    def wanted(self, seen: Seen, known: Known) -> NDArray[np.int64]:
        """[B] the object of the chosen colour that is asked for, or the nearer one where nothing is asked."""
        both = known.choice[:, None] + [0, len(COLOURS)]  # [B, shapes]
        far = np.square(TARGETS[both] - known.place[:, None, :2]).sum(2)
        shape = far.argmin(1) if seen.instruction is None else seen.instruction.reshape(-1)
        return np.take_along_axis(both, shape[:, None], 1)[:, 0]


class _ToTheSign(_Walker):
    """Walks to where the sign can be read, and ends the episode when it has been."""

    def choose(self, seen: Seen, known: Known) -> NDArray[np.int64]:
        view, sign = (np.broadcast_to(np.array(at), (len(known.place), 2)) for at in (VIEW, (SIGN_X, SIGN_Z)))
        there = np.hypot(*(known.place[:, :2] - view).T) < THERE
        look = np.where(_off(known.place, sign) > 0, LEFT, RIGHT)
        action = np.where(there, look, towards(known.place, view))
        return np.where(known.belief.max(1) > SURE, END, action)


class Sampler:
    """Posterior sampling: in each episode it draws a colour from its belief, and plays as if that were right."""

    def explorer(self) -> Policy:
        return _Walker()

    def condition(self, explorations: Episodes) -> NDArray[np.float64]:
        return belief_after(explorations)

    def executor(self) -> Policy:
        return _Walker()


class Reader(Sampler):
    """Explores by reading the sign."""

    def explorer(self) -> Policy:
        return _ToTheSign()
