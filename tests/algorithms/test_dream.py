"""DREAM for control and for grading: where gradients go, what is hidden at test time, and what is learned."""

import copy

import attrs
import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from dreamctl import Problem, Task, TaskSet, UsageError
from dreamctl.algorithms.direct_max import DirectMax, DirectMaxGrader, direct_max
from dreamctl.algorithms.dream import Dream, bottleneck_nats, dream
from dreamctl.algorithms.dream_grader import DreamGrader
from dreamctl.algorithms.recurrent import RecurrentJudge
from dreamctl.algorithms.running import RunningJudge
from dreamctl.learning import Trials, execute, explore, trial_seeds
from dreamctl.simulation.open import open_simulator
from dreamctl.testing import bandit, switches
from dreamctl_hallway import hallway


def control(environment=None, seed=0, steps=2000, batch=16, **options):
    environment = environment or hallway(hallways=2, length=2, sign=2)
    return Problem(
        environment=environment, tasks=environment.tasks(), seed=seed, steps=steps, batch=batch, options=options
    )


def grading(seed=0, steps=2000, batch=16, judge=RunningJudge, **options):
    environment, rubric = switches(3)
    problem = Problem(
        environment=environment, rubric=rubric, tasks=environment.tasks(), seed=seed, steps=steps, batch=batch
    )
    return attrs.evolve(problem, judge=judge and judge(problem), options=options)


def learn(learner, problem):
    while learner.steps < problem.steps:
        learner.iterate()
    return learner


def mean_return(problem, learner, tasks=None):
    """The mean over every task, played once; there is no randomness in a hallway."""
    environment, tasks = problem.environment, tasks or problem.tasks.test
    simulator, seeds = open_simulator(environment, len(tasks)), trial_seeds(9, len(tasks))
    exploration = explore(environment, simulator, learner.explorer(), tasks, seeds).without_tasks()
    execution = execute(environment, simulator, learner.executor(), tasks, seeds, learner.condition(exploration))
    return execution.returns.mean(), exploration, execution


def flat(state):
    return {name: np.asarray(value) for name, value in state.items()}


def same(one, other):
    one, other = flat(one), flat(other)
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def parameters(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])


# --- what is learned ------------------------------------------------------------------------------------------------


def test_it_reads_the_sign_before_it_walks():
    problem = control(hallway(hallways=4, length=2, sign=2), steps=50_000, batch=128)
    learner = learn(dream(problem), problem)
    value, exploration, _ = mean_return(problem, learner)
    assert value == 1
    sign = exploration.observation[:, :, 2].max(1)
    np.testing.assert_array_equal(sign, 1 + np.arange(4))


def test_without_a_sign_nothing_leaks_and_it_is_right_by_chance():
    problem = control(hallway(hallways=4, length=2, sign=2, has_sign=False), steps=30_000, batch=128)
    learner = learn(dream(problem), problem)
    value, exploration, execution = mean_return(problem, learner)
    assert value == 1 / 4
    for episodes in (exploration, execution):  # all tasks look the same, so they are all played the same
        assert (episodes.action == episodes.action[:1]).all()


def test_information_gain_finds_what_the_end_of_a_trial_does_not_show():
    environment = hallway()
    values = {}
    for make in (dream, direct_max):
        problem = control(environment, steps=70_000, batch=256)
        values[make] = mean_return(problem, learn(make(problem), problem))[0]
    assert values[dream] >= 4 / 8
    assert values[direct_max] <= 2 / 8


def test_a_grader_presses_every_switch_and_knows_what_is_broken():
    problem = grading(steps=20_000, batch=64)
    learner = learn(dream(problem), problem)
    tasks, seeds = problem.tasks.test, trial_seeds(9, 8)
    episodes = explore(problem.environment, open_simulator(problem.environment, 8), learner.explorer(), tasks, seeds)
    assert (np.sort(episodes.action, 1) == np.arange(3)).all()
    probability = learner.q.predict(episodes)
    truth = problem.rubric.targets(tasks)
    np.testing.assert_array_equal(probability[:, -1] > 0.5, truth > 0.5)
    assert np.abs(probability[:, -1] - truth).mean() < 0.1
    np.testing.assert_allclose(probability[:, 0], 0.5, atol=0.05)


# --- where gradients go ---------------------------------------------------------------------------------------------


@pytest.fixture
def parts():
    """A learner and one batch of its trials."""
    problem = control()
    learner = Dream(problem)
    tasks, seeds = learner.trials.draw(0)
    tau = learner.trials.explore(learner.exploration.policy(1.0), tasks, seeds)
    mu = torch.tensor([task.identifier for task in tasks])
    return learner, tau, mu


def test_the_decoder_is_fitted_to_f_and_does_not_move_it(parts):
    learner, tau, mu = parts
    g = learner.g.net(learner.g.inputs.of_episodes(tau))
    learner._distance(g, mu.numpy()).mean().backward()
    assert all(p.grad is None for p in learner.f.parameters())
    assert any(p.grad.abs().sum() > 0 for p in learner.g.net.parameters() if p.grad is not None)

    f, before = parameters(learner.f), parameters(learner.g.net)
    learner.g.learn(tau, mu.numpy(), learner._distance)
    assert torch.equal(parameters(learner.f), f)
    assert not torch.equal(parameters(learner.g.net), before)


def test_the_explorer_moves_neither_f_nor_g_nor_the_executor(parts):
    learner, tau, _ = parts
    kept = [parameters(module) for module in (learner.f, learner.g.net, learner.execution.net)]
    before = parameters(learner.exploration.net)
    learner.exploration.learn(tau, tau.reward + 1)
    for module, was in zip((learner.f, learner.g.net, learner.execution.net), kept, strict=True):
        assert torch.equal(parameters(module), was)
    assert not torch.equal(parameters(learner.exploration.net), before)


def test_the_bottleneck_moves_f_alone(parts):
    learner, _, mu = parts
    bottleneck_nats(learner.f(mu), learner.options.rho).mean().backward()
    assert all(p.grad.abs().sum() > 0 for p in learner.f.parameters())
    for module in (learner.g.net, learner.exploration.net, learner.execution.net):
        assert all(p.grad is None for p in module.parameters())


def test_the_bottleneck_is_the_divergence_from_the_prior():
    torch.manual_seed(0)
    mean, rho = torch.randn(5, 3), 0.3
    expected = kl_divergence(Normal(mean, rho), Normal(torch.zeros(5, 3), rho)).sum(1)
    torch.testing.assert_close(bottleneck_nats(mean, rho), expected)


@pytest.mark.parametrize(
    ("bottleneck", "noisy", "pressed"), [("variational", True, True), ("noise", True, False), ("none", False, False)]
)
def test_the_bottleneck_has_three_forms(bottleneck, noisy, pressed):
    learner = Dream(control(bottleneck=bottleneck))
    z = torch.ones(5, 16)
    noise = learner.noise(np.random.default_rng(0), z)
    assert bool(noise.any()) == noisy
    assert not noisy or noise.std().item() == pytest.approx(learner.options.rho, rel=0.3)
    pressure = learner.options.pressure if pressed else 0
    assert learner.squeezed(z, 0.5).item() == pytest.approx(pressure * 16 / (2 * 0.1**2))
    assert learner.squeezed(z, 0.25).item() == pytest.approx(pressure * 16 / (2 * 0.1**2) / 2)


def test_nothing_is_squeezed_before_the_pressure_begins():
    learner = Dream(control(pressure_from=0.25))
    z = torch.ones(5, 16)
    whole = learner.options.pressure * 16 / (2 * 0.1**2)
    values = [learner.squeezed(z, progress).item() for progress in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert values == pytest.approx([0, 0, whole / 2, whole, whole])


def test_embeddings_begin_as_far_apart_as_is_set():
    for spread in (0.25, 1.0):
        learner = Dream(control(hallway(), z=256, spread=spread))
        assert parameters(learner.f).std().item() == pytest.approx(spread, rel=0.05)


def test_an_executor_without_memory_learns_as_well_where_all_is_seen():
    problem = control(
        hallway(hallways=4, length=2, sign=2), steps=50_000, batch=128, executor="feedforward", execution_discount=0.9
    )
    assert mean_return(problem, learn(dream(problem), problem))[0] == 1


@pytest.mark.parametrize(("bottleneck", "value"), [("variational", 1), ("none", 1 / 4)])
def test_with_the_bottleneck_it_reads_the_sign_and_without_it_looks_at_tiles_that_mean_nothing(
    bottleneck, value, tiles, learned, tested
):
    learner = learned("dream", tiles, steps=50_000, batch=128, bottleneck=bottleneck)
    exploration, execution = tested(learner, 1)
    assert execution.returns.mean() == value
    assert exploration.observation[:, :, 2].any(1).all() == (value == 1)
    assert exploration.observation[:, :, 3:].any((1, 2)).all() == (value < 1)


def test_the_executor_learns_through_f_where_it_was_told_and_nothing_through_g():
    problem = control(warmup=1.0)  # the explorer does not learn yet
    learner = Dream(problem)
    f, explorer = parameters(learner.f), parameters(learner.exploration.net)
    learner.iterate()
    assert not torch.equal(parameters(learner.f), f)
    assert torch.equal(parameters(learner.exploration.net), explorer)
    owned = [id(p) for p in learner.execution.optimiser.parameters]
    assert sorted(owned) == sorted(id(p) for m in (learner.execution.net, learner.f) for p in m.parameters())
    for part in (learner.g, learner.exploration):
        assert [id(p) for p in part.optimiser.parameters] == [id(p) for p in part.net.parameters()]


def test_the_explorers_reward_is_the_information_gained_about_z(parts):
    learner, tau, mu = parts
    with torch.no_grad():
        learner.g.net.head.weight.normal_()
        z = learner.f(mu).numpy()
    g = learner.g.outputs(tau)
    distance = ((g - z[:, None]) ** 2).sum(2) / (2 * learner.options.rho**2)
    last = tau.valid.sum(1) - 1
    told = distance[:, 0] - distance[np.arange(len(tau)), last]
    reward = learner.reward(-distance, tau, tau).sum(1)
    unit = max(distance[:, 0].mean(), 1)
    np.testing.assert_allclose(reward * unit, told - learner.options.cost * tau.mask.sum(1), rtol=1e-4, atol=1e-3)


# --- test time ------------------------------------------------------------------------------------------------------


def test_garbage_identifiers_and_labels_at_test_time_change_nothing():
    problem = control(steps=4000)
    learner = learn(dream(problem), problem)
    tasks = problem.tasks.test
    garbage = [attrs.evolve(task, identifier=(99, -7), labels={"a": True}) for task in tasks[::-1]][::-1]
    _, exploration, execution = mean_return(problem, learner)
    _, exploration_2, execution_2 = mean_return(problem, learner, garbage)
    np.testing.assert_array_equal(exploration.action, exploration_2.action)
    np.testing.assert_array_equal(execution.action, execution_2.action)


@pytest.mark.parametrize("judge", [RunningJudge, RecurrentJudge, None])
def test_garbage_labels_at_test_time_change_no_action_and_no_answer(judge):
    problem = grading(steps=1000, judge=judge)
    learner = learn(dream(problem), problem)
    environment, tasks, seeds = problem.environment, problem.tasks.test, trial_seeds(9, 8)
    garbage = [attrs.evolve(task, identifier=(5,), labels={k: not v for k, v in task.labels.items()}) for task in tasks]
    one, other = (
        explore(environment, open_simulator(environment, 8), learner.explorer(), each, seeds)
        for each in (tasks, garbage)
    )
    np.testing.assert_array_equal(one.action, other.action)
    np.testing.assert_array_equal(learner.q.predict(one), learner.q.predict(other))


# --- saved and restored ---------------------------------------------------------------------------------------------

LEARNERS = {
    "dream": (lambda: control(), Dream),
    "dream, feedforward": (lambda: control(executor="feedforward", epochs=2, minibatches=8, pressure_from=0.05), Dream),
    "direct-max": (lambda: control(), DirectMax),
    "grader, running": (lambda: grading(), DreamGrader),
    "grader, recurrent": (lambda: grading(judge=RecurrentJudge), DreamGrader),
    "grader, alone": (lambda: grading(judge=None), DreamGrader),
    "direct-max grader": (lambda: grading(), DirectMaxGrader),
}


@pytest.mark.parametrize("name", LEARNERS)
def test_saved_and_restored_it_goes_on_bit_for_bit(name):
    problem, make = LEARNERS[name]
    learner = make(problem())
    for _ in range(6):
        learner.iterate()
    assert learner.steps > 0.1 * 2000, "the warm-up is over"
    restored = make(problem())
    restored.load(copy.deepcopy(learner.state()))
    assert restored.steps == learner.steps
    for _ in range(2):
        torch.manual_seed(0)
        one = learner.iterate()
        torch.manual_seed(0)
        other = restored.iterate()
        np.testing.assert_equal(dict(one), dict(other))
    assert same(learner.state(), restored.state())


@pytest.mark.parametrize("name", ["dream", "grader, running"])
def test_the_same_seed_gives_the_same_weights_and_another_others(name):
    problem, make = LEARNERS[name]
    states = []
    for seed in (3, 3, 4):
        given = problem()
        given = attrs.evolve(given, seed=seed, judge=given.judge and type(given.judge)(attrs.evolve(given, seed=seed)))
        learner = make(given)
        for _ in range(3):
            torch.manual_seed(0)
            learner.iterate()
        states.append(learner.state())
    assert same(states[0], states[1])
    assert not same(states[0], states[2])


# --- at the edges ---------------------------------------------------------------------------------------------------


def test_tasks_without_identifiers_are_answered_in_one_sentence():
    environment = bandit(2)
    for tasks in (
        TaskSet(train=[Task(key="a", params=0)]),
        TaskSet(train=[Task(key="a", params=0, identifier=(1,)), Task(key="b", params=0, identifier=(1, 2))]),
        TaskSet(sample=lambda rng: Task(key="a", params=0, identifier=(1,))),
    ):
        with pytest.raises(UsageError, match=r"^bandit: DREAM embeds tasks by their identifiers.*'identifier'.$"):
            Dream(Problem(environment=environment, tasks=tasks))


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_a_small_batch_is_enough(batch):
    for problem in (control(batch=batch, steps=40), grading(batch=batch, steps=40)):
        learner = learn(dream(problem), problem)
        assert learner.steps >= 40


def test_what_is_reported_of_execution_is_what_rows_that_were_told_nothing_else_got():
    problem = control(bandit(2), batch=512, steps=60_000)
    learner = dream(problem)
    assert np.isnan(learner.iterate()["execution/return"]), "while warming up nobody executes on what was told"
    learn(learner, problem)
    measures = learner.iterate()
    assert measures["execution/return"] >= 0.9
    assert measures["execution/return_informed"] >= 0.9


def test_trials_of_a_problem_are_drawn_by_number_so_that_a_resumed_learner_meets_the_same_tasks():
    problem = control()
    learner = dream(problem)
    learner.iterate()
    assert [task.key for task in learner.trials.draw(1)[0]] == [task.key for task in Trials(problem, 16).draw(1)[0]]
