import pytest
from attrs import frozen

from dreamctl.errors import UsageError
from dreamctl.learning.options import from_problem
from dreamctl.records import Environment, Problem, TaskSet


@frozen
class Options:
    hidden: int = 3
    rho: float = 0.1
    cost: float = 0.0


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("hidden", 0, "a whole number above 0"),
        ("hidden", -1, "a whole number above 0"),
        ("rho", 0, "a number above 0"),
        ("cost", float("nan"), "a finite number"),
    ],
)
def test_a_setting_that_nothing_can_be_learned_with_is_refused(name, value, sentence):
    world = Environment(
        name="w",
        observation_space=None,
        actions=("a", "b"),
        exploration_steps=1,
        tasks=TaskSet,
        env=lambda params: None,
    )
    with pytest.raises(UsageError, match=f"--set {name}: expected {sentence}"):
        from_problem(Options, Problem(environment=world, tasks=TaskSet(), options={name: value}))
    assert from_problem(Options, Problem(environment=world, tasks=TaskSet(), options={"cost": -1})).cost == -1
