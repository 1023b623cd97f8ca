"""Players that know the world and no task: one reads the sign, one tries what may be right (posterior sampling).

Both see what every player sees. They find out where they start from their first picture, keep count of their own
steps, and keep a belief about which colour is right, by what the sign says and what touching an object brought.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from dreamctl import Episodes, Policy, Seen

from .routes import SIGN, routes
from .seeing import locate, moved, nearest, read
from .world import COLOURS, END, HORIZON, PLACES

SURE = 0.99


@frozen(eq=False)
class Known:
    """What a player knows, and what it means to do in this episode."""

    place: NDArray[np.float64]  # [B, (x, z, angle)]
    belief: NDArray[np.float64]  # [B, colours]
    route: NDArray[np.int64]  # [B, HORIZON] actions

    @classmethod
    def nothing(cls, batch: int, belief: NDArray[np.float64] | None = None) -> Known:
        even = np.full((batch, len(COLOURS)), 1 / len(COLOURS))
        return cls(np.zeros((batch, 3)), even if belief is None else belief, np.full((batch, HORIZON), END))

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


class _Walker(Policy):
    """Walks to the object that it takes to be right; `start` is conditioned on a belief [B, colours]."""

    def start(self, batch: int, condition: NDArray[np.float64] | None = None) -> Known:
        return Known.nothing(batch, condition)

    def act(self, seen: Seen, memory: Known, uniform: NDArray[np.float64]) -> tuple[NDArray[np.int64], Known]:
        known = memory.having_seen(seen.observation, seen.action, seen.reward, seen.new_episode)
        begins = np.flatnonzero(seen.new_episode)
        if len(begins):
            route = known.route.copy()
            route[begins] = routes(known.place[begins], self.goals(seen, known, uniform)[begins])[0]
            known = evolve(known, route=route)
        planned = np.take_along_axis(known.route, np.minimum(seen.taken, HORIZON - 1)[:, None], 1)[:, 0]
        return self.choose(known, planned), known

    def goals(self, seen: Seen, known: Known, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        """[B] an object of a colour drawn from the belief: that which is asked for, or the nearer one."""
        drawn = (known.belief.cumsum(1) <= uniform[:, None]).sum(1).clip(max=len(COLOURS) - 1)
        both = drawn[:, None] + [0, len(COLOURS)]  # [B, shapes]
        far = np.square(np.array(PLACES)[both] - known.place[:, None, :2]).sum(2)
        shape = far.argmin(1) if seen.instruction is None else seen.instruction.reshape(-1)
        return np.take_along_axis(both, shape[:, None], 1)[:, 0]

    def choose(self, known: Known, planned: NDArray[np.int64]) -> NDArray[np.int64]:
        return planned


class _ToTheSign(_Walker):
    """Walks to where the sign can be read, and ends the episode when it has been."""

    def goals(self, seen: Seen, known: Known, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.full(len(known.place), SIGN)

    def choose(self, known: Known, planned: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(known.belief.max(1) > SURE, END, planned)


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
