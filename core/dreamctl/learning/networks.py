"""The networks that explorers, executors, decoders and baselines share; they differ in their heads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ..simulation.episodes import Episodes
from .maximum import running_maximum
from .pictures import packed_size, pictures_of

SMALLEST_SPREAD, LARGEST = 0.01, 5.0  # of standardised features

CHUNK = 64  # rows
LARGE = 40  # pixels from top to bottom, from which on a picture is looked at with larger strides

Memory = tuple[Tensor, ...]  # LSTM state (h, c), each [B, H], and what else a network keeps
Network = Callable[..., Any]  # (features, out, *, hidden, condition, zero_head) -> a module with `Recurrent`'s methods


def in_chunks(function: Callable[[Tensor], Any], x: Tensor) -> Any:
    """`function(x)`, a tensor or a tuple of them, for any number of rows of x [B, F], `CHUNK` rows at a time.

    Kernels are chosen by the shape of a batch, and treat its last elements in another way, so each is padded to that of
    a whole chunk: what a row gives then does not depend on the others.
    """
    rows = len(x)
    parts = [function(part) for part in functional.pad(x, (0, 0, 0, -rows % CHUNK)).split(CHUNK)]
    if isinstance(parts[0], tuple):
        return tuple(torch.cat(column)[:rows] for column in zip(*parts, strict=True))
    return torch.cat(parts)[:rows]


class Eye(nn.Module):
    """Pictures, packed into features [..., F] as `Inputs` does it -> two convolutions -> what they show [..., E].

    A picture that is that of the position before (a row whose trial is over, or who stands before a wall) is looked at
    once.
    """

    def __init__(self, picture: tuple[int, ...], out: int = 64) -> None:
        super().__init__()
        self.picture, self.out = picture, out
        height, width, channels = picture
        (first, stride), second = ((8, 4), 4) if height >= LARGE else ((5, 3), 3)
        self.body = nn.Sequential(
            nn.Conv2d(channels, 16, first, stride), nn.ReLU(), nn.Conv2d(16, 32, second, 2), nn.ReLU()
        )
        self.body.to(memory_format=torch.channels_last)
        with torch.no_grad():
            seen = self.body(torch.zeros(1, channels, height, width)).numel()
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(seen, out), nn.LayerNorm(out), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        packed = x[..., : packed_size(self.picture)].flatten(0, -2)  # [N, P]
        if x.dim() == 2:
            return self.look(packed)
        new = torch.ones(x.shape[:-1], dtype=torch.bool, device=x.device)
        bits = x[..., : packed_size(self.picture)].view(torch.int32)
        new[:, 1:] = (bits[:, 1:] != bits[:, :-1]).any(-1)
        new = new.flatten()
        return self.look(packed[new])[new.cumsum(0) - 1].view(*x.shape[:-1], self.out)

    def look(self, packed: Tensor) -> Tensor:
        """[N, P] -> [N, E]."""
        pictures = pictures_of(packed, self.picture).permute(0, 3, 1, 2)  # its memory is that of channels_last
        return self.head(self.body(pictures.float().div_(255).sub_(0.5)))


class Standardised(nn.Module):
    """Centres and scales its measured features as in the first batch that it learns from, since a count that is nearly
    always 0 would else be drowned by a position. Pictures are looked at by an `Eye` of its own.

    `features` is what `Inputs.size` says; `self.features` are those that `standard` gives.
    """

    centre: Tensor
    scale: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        picture = getattr(features, "picture", None)
        self.eye = None if picture is None else Eye(picture)
        self.packed = 0 if picture is None else packed_size(picture)
        self.features = features - self.packed + (0 if self.eye is None else self.eye.out)
        self.register_buffer("centre", torch.zeros(features - self.packed))
        self.register_buffer("scale", torch.ones(features - self.packed))

    def standardise_by(self, x: Tensor, measured: NDArray[np.bool_]) -> None:
        """Centre and scale the measured features [F] as they are in x [N, F]; kept from then on."""
        x, which = x[:, self.packed :], torch.from_numpy(measured[self.packed :]).to(x.device)
        self.centre.copy_(torch.where(which, x.mean(0), 0))
        self.scale.copy_(torch.where(which, 1 / x.std(0, correction=min(1, len(x) - 1)).clamp(min=SMALLEST_SPREAD), 1))

    def standard(self, x: Tensor) -> Tensor:
        rest = torch.sub(x[..., self.packed :], self.centre).mul_(self.scale).clamp_(-LARGEST, LARGEST)
        return rest if self.eye is None else torch.cat([self.eye(x), rest], -1)


def head(units: int, out: int, zero: bool = False) -> nn.Linear:
    """The last layer of a network; one that begins at zero lets it begin by saying its bias, which is zero too."""
    layer = nn.Linear(units, out)
    if zero:
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    return layer


class Feedforward(Standardised):
    """x [..., F], standardised -> two hidden layers, LayerNorm -> head [..., out], for inputs that hold the past.

    A condition is appended to the features, as for `Recurrent`.
    """

    def __init__(self, features: int, out: int, *, hidden: int = 128, condition: int = 0, zero_head: bool = False):
        super().__init__(features)
        layers = [(self.features + condition, hidden), (hidden, hidden)]
        self.body = nn.Sequential(*(part for a, b in layers for part in (nn.Linear(a, b), nn.LayerNorm(b), nn.ReLU())))
        self.head = head(hidden, out, zero_head)

    def start(self, batch: int) -> None:
        """It remembers nothing."""

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        return self.head(self.body(conditioned(self.standard(x), condition)))

    def step(self, x: Tensor, memory: None, condition: Tensor | None = None) -> tuple[Tensor, None]:
        """One position, as for `Recurrent`."""
        return self(x, condition), None


class Modulated(Standardised):
    """x [..., F], standardised -> hidden layer -> scaled and shifted by a condition -> hidden layer -> head [..., out].

    Each unit h of the first layer becomes h (a . z) + b . z (FiLM, Perez et al. 2018): what is seen and what the task
    is meet in products, which sums of the two, as in `Feedforward`, learn late.
    """

    def __init__(self, features: int, out: int, *, hidden: int = 128, condition: int = 0):
        super().__init__(features)
        self.first = nn.Sequential(nn.Linear(self.features, hidden), nn.LayerNorm(hidden), nn.ReLU())
        self.scaling, self.shift = nn.Linear(condition, hidden), nn.Linear(condition, hidden)
        self.second = nn.Sequential(nn.Linear(hidden, hidden), nn.LayerNorm(hidden), nn.ReLU())
        self.head = nn.Linear(hidden, out)

    def start(self, batch: int) -> None:
        """It remembers nothing."""

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        h = self.first(self.standard(x))
        if condition.dim() < h.dim():
            condition = condition[:, None]
        return self.head(self.second(h * self.scaling(condition) + self.shift(condition)))

    def step(self, x: Tensor, memory: None, condition: Tensor) -> tuple[Tensor, None]:
        """One position, as for `Recurrent`."""
        return self(x, condition), None


class Recurrent(Standardised):
    """x [B, T+1, F], standardised -> LayerNorm MLP -> LSTM(H) -> LayerNorm -> head [B, T+1, out].

    A condition [B, Z] (a task embedding, say) is appended to the features of every position; one of [B, T+1, Z] (a
    belief, say) to those of its own. The output layer starts at zero if `zero_head`, so that a decoder begins by
    predicting its bias.
    """

    def __init__(self, features: int, out: int, *, hidden: int = 64, condition: int = 0, zero_head: bool = False):
        super().__init__(features)
        self.hidden, self.condition = hidden, condition
        self.encoder = nn.Sequential(nn.Linear(self.features + condition, hidden), nn.LayerNorm(hidden), nn.ReLU())
        self.core = nn.LSTM(hidden, hidden, batch_first=True)
        self.norm = nn.LayerNorm(hidden)
        self.head = head(hidden, out, zero_head)

    def start(self, batch: int) -> Memory:
        """The memory before the first position of a trial."""
        zero = self.head.weight.new_zeros(batch, self.hidden)
        return zero, zero

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Outputs at every position [B, T+1, out]; position t depends on positions 0..t only."""
        return self.head(self.norm(self.core(self.encoder(conditioned(self.standard(x), condition)))[0]))

    def step(self, x: Tensor, memory: Memory, condition: Tensor | None = None) -> tuple[Tensor, Memory]:
        """One position: x [B, F] -> outputs [B, out] and the new memory."""
        memory = self.remembered(self.encoder(conditioned(self.standard(x), condition)), memory)
        return self.head(self.norm(memory[0])), memory

    def remembered(self, encoded: Tensor, memory: Memory) -> Memory:
        """The memory, an LSTM's state (h, c), after one more position, encoded [B, H]."""
        core = self.core
        return torch._VF.lstm_cell(
            encoded, memory, core.weight_ih_l0, core.weight_hh_l0, core.bias_ih_l0, core.bias_hh_l0
        )

    def remember(self, x: Tensor, episodes: Episodes) -> Memory:
        """The memory of each row after its last observation, whatever padding follows; x [B, T+1, F]."""
        encoded, memory = self.encoder(self.standard(x)), self.start(len(x))
        valid = torch.from_numpy(episodes.valid).to(x.device)
        for t in range(x.shape[1]):
            new = self.remembered(encoded[:, t], memory)
            keep = valid[:, t, None]
            memory = tuple(torch.where(keep, now, before) for now, before in zip(new, memory, strict=True))
        return memory


class Accumulating(Recurrent):
    """A `Recurrent` whose head also reads the most that each of its units has said so far.

    What a prefix shows stays shown, so a fact that was read once is still there to be told, and a second one is read
    like a first; an LSTM alone has to learn to keep each, and each beside the others. It begins at zero.
    """

    def __init__(self, features: int, out: int, *, hidden: int = 64, condition: int = 0, zero_head: bool = False):
        super().__init__(features, out, hidden=hidden, condition=condition)
        self.head = head(3 * hidden, out, zero_head)

    def start(self, batch: int) -> Memory:
        """Of the LSTM, and the most so far [B, 2 H]: less than any unit says."""
        return *super().start(batch), self.head.weight.new_full((batch, 2 * self.hidden), -1)

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        encoded = self.encoder(conditioned(self.standard(x), condition))
        h = self.core(encoded)[0]
        return self.head(torch.cat([self.norm(h), running_maximum(torch.cat([encoded, h], -1))], -1))

    def step(self, x: Tensor, memory: Memory, condition: Tensor | None = None) -> tuple[Tensor, Memory]:
        memory = self.remembered(self.encoder(conditioned(self.standard(x), condition)), memory)
        return self.head(torch.cat([self.norm(memory[0]), memory[2]], -1)), memory

    def remembered(self, encoded: Tensor, memory: Memory) -> Memory:
        h, cell = super().remembered(encoded, memory[:2])
        return h, cell, torch.maximum(memory[2], torch.cat([encoded, h], -1))


def conditioned(x: Tensor, condition: Tensor | None) -> Tensor:
    """Features [B, ..., F] with a condition [B, Z], or one of each position [B, T+1, Z], appended."""
    if condition is None:
        return x
    if condition.dim() < x.dim():
        condition = condition[:, None].expand(-1, x.shape[1], -1)
    return torch.cat([x, condition], -1)
