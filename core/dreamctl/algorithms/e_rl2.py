"""E-RL2: RL2 in which exploring is free (Stadie et al. 2018).

    max  E[ sum of the rewards of the execution episodes alone ],   a_t ~ pi(. | everything seen in this trial)

The rewards of the exploration episodes are set to zero in the objective, so an action there is credited with what
execution gets later and with nothing else. They stay inputs, where the environment shows them: what a reward tells
about the task is not thrown away. Everything else is RL2's (`rl2.py`).

Stadie et al. derive this for a policy gradient (TRPO); here it is PPO, or with `--set learner=q` Q-learning.
"""

from __future__ import annotations

from attrs import frozen

from .rl2 import Rl2, Rl2Options


@frozen(kw_only=True)
class ERl2Options(Rl2Options):
    """Settings of E-RL2: RL2's, but for what counts."""

    exploration_counts: bool = False


class ERl2(Rl2):
    """RL2 on the rewards of execution."""

    Options = ERl2Options
