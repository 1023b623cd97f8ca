"""The running maximum over positions: what `Tensor.cummax(1)[0]` gives, some five times as fast on a processor."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..compiled import compiled

ZERO = np.float32(0)


def running_maximum(x: Tensor) -> Tensor:
    """y[b, t] = max(x[b, 0], ..., x[b, t]) for x float32 [B, T, H]; the gradient goes to the latest of equals."""
    return _RunningMaximum.apply(x.contiguous()) if x.device.type == "cpu" else x.cummax(1)[0]


class _RunningMaximum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = torch.empty_like(x)
        _forward(x.detach().numpy(), y.numpy())
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        x, y = ctx.saved_tensors
        out = torch.empty_like(x)
        _backward(gradient.contiguous().numpy(), x.detach().numpy(), y.detach().numpy(), out.numpy())
        return out


@compiled
def _forward(x, y):  # type: ignore[no-untyped-def]
    batch, length, units = x.shape
    for b in range(batch):
        for h in range(units):
            y[b, 0, h] = x[b, 0, h]
        for t in range(1, length):
            for h in range(units):
                before, now = y[b, t - 1, h], x[b, t, h]
                y[b, t, h] = before if before > now else now


@compiled
def _backward(gradient, x, y, out):  # type: ignore[no-untyped-def]
    """From the last position to the first: a unit that was not the maximum hands all its gradient to the one before."""
    batch, length, units = x.shape
    for b in range(batch):
        for h in range(units):
            out[b, length - 1, h] = gradient[b, length - 1, h]
        for t in range(length - 1, 0, -1):
            for h in range(units):
                handed = out[b, t, h] if y[b, t - 1, h] > x[b, t, h] else ZERO
                out[b, t, h] -= handed
                out[b, t - 1, h] = gradient[b, t - 1, h] + handed
