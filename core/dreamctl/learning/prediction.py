"""Predicting what a task will do: p(r_t, s_t+1 | s_t, a_t, z), unit Gaussians, one network for each of the two."""

from __future__ import annotations

from attrs import frozen
from torch import Tensor, cat, nn

from .inputs import Inputs


@frozen(eq=False)
class Transitions:
    """The steps of episodes as predictors see them, cut out of features x [B, T+1, F]."""

    state: Tensor  # [B, T, S] what is seen where the step begins: observation, what execution asks for
    action: Tensor  # [B, T, A] one-hot
    reward: Tensor  # [B, T]
    following: Tensor  # [B, T, O] the observation that it leads to

    @classmethod
    def of(cls, inputs: Inputs, x: Tensor) -> Transitions:
        columns = inputs.columns
        seen = [x[:, :-1, columns[name]] for name in ("observation", "executing", "derived", "instruction")]
        action, reward, following = (x[:, 1:, columns[name]] for name in ("action", "reward", "observation"))
        return cls(cat(seen, -1), action, reward[..., 0], following)

    @property
    def all(self) -> Tensor:
        """Everything about each step side by side [B, T, S + A + 1 + O]."""
        return cat([self.state, self.action, self.reward[..., None], self.following], -1)

    @staticmethod
    def size(inputs: Inputs) -> int:
        """S + A + 1 + O."""
        return Transitions.state_size(inputs) + inputs.actions + 1 + inputs.columns["observation"].stop

    @staticmethod
    def state_size(inputs: Inputs) -> int:
        """S."""
        return sum(
            inputs.columns[name].stop - inputs.columns[name].start
            for name in ("observation", "executing", "derived", "instruction")
        )


class Predictor(nn.Module):
    """Says what reward and observation follow a state and an action in the task that z [..., Z] stands for."""

    def __init__(self, inputs: Inputs, z: int, hidden: int) -> None:
        super().__init__()
        observation = inputs.columns["observation"].stop
        acted = Transitions.state_size(inputs) + inputs.actions
        self.reward = About(acted + observation, z, 1, hidden)
        self.state = About(acted, z, observation, hidden)

    def nats(self, steps: Transitions, z: Tensor, *, rewards: float = 1.0, states: float = 1.0) -> Tensor:
        """-log p(r_t, s_t+1 | s_t, a_t, z) up to a constant, of every step.

        With z [B, T, Z], one for each step, or [B, Z], it is [B, T]; with z [B, P, 1, Z], of every step for each of P
        beliefs, it is [B, P, T]. `rewards` and `states` weigh the two parts.
        """
        everywhere = z.dim() == 4
        z = z[:, None] if z.dim() == 2 else z
        acted = cat([steps.state, steps.action], -1)
        led = cat([acted, steps.following], -1)
        reward, following = steps.reward[..., None], steps.following
        if everywhere:
            acted, led, reward, following = (each[:, None] for each in (acted, led, reward, following))
        nats = 0.5 * rewards * ((self.reward(led, z) - reward) ** 2).sum(-1)
        if states:
            nats = nats + 0.5 * states * ((self.state(acted, z) - following) ** 2).sum(-1)
        return nats


class About(nn.Module):
    """(what [..., F], z [..., Z]) -> [..., out]; the two broadcast, so that all pairs of them cost little."""

    def __init__(self, features: int, z: int, out: int, hidden: int) -> None:
        super().__init__()
        self.what, self.z = nn.Linear(features, hidden), nn.Linear(z, hidden, bias=False)
        self.body = nn.Sequential(nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, out))

    def forward(self, what: Tensor, z: Tensor) -> Tensor:
        return self.body(self.what(what) + self.z(z))
