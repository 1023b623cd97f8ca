"""The built-in plugin: the core's own explorers and classifiers, through the same hooks as anybody's.

Their modules are imported when they are built, so that listing them stays light.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from ..hookspecs import hookimpl
from ..records import Classifier, Explorer, Problem


@hookimpl
def dreamctl_explorers() -> Iterator[Explorer]:
    yield Explorer(
        name="dream",
        build=_late(".dream", "dream"),
        learned=True,
        description="information gain per step about what matters of the task (DREAM, DreamGrader)",
    )
    yield Explorer(
        name="direct-max",
        build=_late(".direct_max", "direct_max"),
        learned=True,
        description="the same, rewarded only at the end of the trial",
    )
    yield Explorer(
        name="rl2",
        build=_late(".rl2", "Rl2"),
        learned=True,
        answers={"return"},
        description="one recurrent network on reward alone; --set learner=gradient or q",
    )
    yield Explorer(
        name="e-rl2",
        build=_late(".e_rl2", "ERl2"),
        learned=True,
        answers={"return"},
        description="RL2 in which only the rewards of execution count",
    )
    yield Explorer(
        name="import",
        build=_late(".import_", "Import"),
        learned=True,
        answers={"return"},
        description="RL2 whose memory is tied to what a policy that is told the task acts on (IMPORT)",
    )
    yield Explorer(
        name="varibad",
        build=_late(".varibad", "Varibad"),
        learned=True,
        answers={"return"},
        description="acts on a belief that is trained to explain the whole trial (VariBAD)",
    )
    yield Explorer(
        name="pearl",
        build=_late(".pearl", "Pearl"),
        learned=True,
        answers={"return"},
        description="posterior sampling with a posterior that is learned (PEARL)",
    )
    yield Explorer(
        name="mame",
        build=_late(".mame", "Mame"),
        learned=True,
        answers={"return"},
        description="explores for what makes a step of adaptation work (MAME)",
    )
    yield Explorer(
        name="metacure",
        build=_late(".metacure", "Metacure"),
        learned=True,
        answers={"return"},
        description="explores for what the task's identity predicts and the belief does not (MetaCURE)",
    )
    yield Explorer(
        name="task-id",
        build=_late(".task_id", "TaskId"),
        learned=True,
        answers={"return"},
        description="DREAM with the task's identity in place of what matters of it",
    )
    yield Explorer(
        name="posterior",
        build=_late(".posterior", "PosteriorSampling"),
        answers={"return"},
        description="acts as is best in a task drawn from the exact posterior; for tasks that can be tabulated",
    )
    yield Explorer(
        name="told",
        build=_late(".told", "Told"),
        answers={"return"},
        told=True,
        description="a control that is told the task and does what is best in it; for tasks that can be tabulated",
    )
    yield Explorer(
        name="play-to-win",
        build=_late(".play_to_win", "PlayToWin"),
        learned=True,
        answers={"rubric"},
        description="learned to score on correct programs and plays every program like that (Play to Grade)",
    )
    yield Explorer(name="random", build=_late(".random", "random"), description="every action equally likely")


@hookimpl
def dreamctl_classifiers() -> Iterator[Classifier]:
    yield Classifier(
        name="responses",
        build=_late(".responses", "ResponsesJudge"),
        description="boosted trees on the statistics of `running`, for whole explorations",
    )
    yield Classifier(
        name="recurrent",
        build=_late(".recurrent", "RecurrentJudge"),
        prefixes=True,
        description="a recurrent network that judges after every step",
    )
    yield Classifier(
        name="running",
        build=_late(".running", "RunningJudge"),
        prefixes=True,
        description="a network on what followed each kind of event, after every step",
    )
    yield Classifier(
        name="constant",
        build=_late(".constant", "Constant"),
        description="a control that looks at nothing: how common each item is",
    )
    yield Classifier(
        name="play-to-grade",
        build=_late(".play_to_grade", "PlayToGrade"),
        description="contrastive HoareLSTM: whether a model of a correct or of a broken program explains what was seen",
    )


def _late(module: str, name: str) -> Callable[[Problem], Any]:
    return lambda problem: getattr(import_module(module, __package__), name)(problem)
