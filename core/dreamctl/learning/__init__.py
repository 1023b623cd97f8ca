"""What learners are made of: public, for third-party explorers and classifiers as for the core's own.

The names load when first used, so that naming `dreamctl.learning` stays light. In the order of a learner's day:

- `Trials` draws tasks and rolls out explorations and executions; `explore` and `execute` do it for given tasks.
- `Inputs` turns what is seen into features; `Recurrent` is the network over them, `Feedforward` one without a memory.
  `Accumulating` is a recurrent one that keeps what it was shown; the units of `Modulated` are scaled by a condition.
- `information_gain` turns a log-likelihood of the truth after every prefix into reward; `label_log_likelihood`,
  `embedding_log_likelihood` and `identity_log_likelihood` give one for each kind of target.
- `Decoder` learns outputs after every prefix, from fresh trials and a `Replay`.
- `QLearner` and `PGLearner` learn to act, from `trial_returns`, by an `Optimiser`; `SoftQ` does off-policy.
- `TaskEncoder` embeds tasks by their `identifiers`, for what is told of them in training.
- `BelievingPolicy` acts on a Gaussian belief about the task, of which `divergence`, `gaussian_product` and
  `gaussian_sample` are; a `Predictor` says what `Transitions` a task will bring.
- `SkilledLearner` does over an environment's skills, on what a `Follower` believes; a `Journal` keeps its decisions.
- `statistics` pools what followed each kind of event, for judges; `running_statistics` does after every prefix.
- `tabulate`, `solve` and `best_return` compute what is best in small worlds.
- `Learner` and `Judge` are what a plugin's explorer and classifier promise; `from_problem` reads their settings.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    "..simulation.episodes": ("follow",),
    ".belief": ("BelievingPolicy", "divergence", "divergence_chain", "gaussian_product", "gaussian_sample"),
    ".decoder": ("Decoder", "DecoderOptions"),
    ".embedding": ("TaskEncoder", "identifier_sizes", "identifiers"),
    ".gain": (
        "base_rates",
        "embedding_log_likelihood",
        "entropy_weight",
        "identity_log_likelihood",
        "information_gain",
        "label_log_likelihood",
    ),
    ".inputs": ("Inputs",),
    ".acting": ("RecurrentPolicy",),
    ".learner": (
        "Computed",
        "Follower",
        "Judge",
        "Learner",
        "State",
        "TrialLearner",
        "below",
        "load_states",
        "nested",
        "prefixed",
        "states",
    ),
    ".networks": ("Accumulating", "Feedforward", "Modulated", "Recurrent"),
    ".optimisation": ("Optimiser",),
    ".optimum": ("best_return",),
    ".options": ("CLASSIFIER", "from_problem"),
    ".policy_gradient": ("PGLearner", "PGOptions", "PGPolicy"),
    ".prediction": ("Predictor", "Transitions"),
    ".q_learning": ("QLearner", "QOptions", "QPolicy"),
    ".replay": ("Replay",),
    ".returns": ("trial_returns",),
    ".running": ("running_statistics", "statistic_names", "statistics"),
    ".skilled": ("Journal", "SkilledLearner", "SkilledOptions", "SkilledPolicy"),
    ".soft_q": ("SoftPolicy", "SoftQ", "SoftQOptions"),
    ".tabular": ("Solution", "Table", "Tables", "solve", "tabulate", "tabulate_all", "value_iteration"),
    ".trials": ("Trials", "execute", "explore", "sample_tasks", "trial_seeds"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)

if TYPE_CHECKING:
    from ..simulation.episodes import follow
    from .acting import RecurrentPolicy
    from .belief import BelievingPolicy, divergence, divergence_chain, gaussian_product, gaussian_sample
    from .decoder import Decoder, DecoderOptions
    from .embedding import TaskEncoder, identifier_sizes, identifiers
    from .gain import (
        base_rates,
        embedding_log_likelihood,
        entropy_weight,
        identity_log_likelihood,
        information_gain,
        label_log_likelihood,
    )
    from .inputs import Inputs
    from .learner import (
        Computed,
        Follower,
        Judge,
        Learner,
        State,
        TrialLearner,
        below,
        load_states,
        nested,
        prefixed,
        states,
    )
    from .networks import Accumulating, Feedforward, Modulated, Recurrent
    from .optimisation import Optimiser
    from .optimum import best_return
    from .options import CLASSIFIER, from_problem
    from .policy_gradient import PGLearner, PGOptions, PGPolicy
    from .prediction import Predictor, Transitions
    from .q_learning import QLearner, QOptions, QPolicy
    from .replay import Replay
    from .returns import trial_returns
    from .running import running_statistics, statistic_names, statistics
    from .skilled import Journal, SkilledLearner, SkilledOptions, SkilledPolicy
    from .soft_q import SoftPolicy, SoftQ, SoftQOptions
    from .tabular import Solution, Table, Tables, solve, tabulate, tabulate_all, value_iteration
    from .trials import Trials, execute, explore, sample_tasks, trial_seeds


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'dreamctl.learning' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name], __name__), name)


def __dir__() -> list[str]:
    return __all__
