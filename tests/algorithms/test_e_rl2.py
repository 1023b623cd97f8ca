"""E-RL2: RL2 in which exploring is free."""

import numpy as np
import torch

from dreamctl_hallway import hallway


def caught(learner):
    """The reward and the trial that one iteration hands to the learner."""
    given = {}
    learn = learner.learner.learn

    def catch(trial, reward, **rest):
        given.update(trial=trial, reward=reward)
        return learn(trial, reward, **rest)

    learner.learner.learn = catch
    learner.iterate()
    return given["trial"], given["reward"]


def test_rewards_of_exploration_count_for_nothing_and_those_of_execution_as_they_are(made):
    seen = hallway(hallways=2, length=2, sign=2, reward_seen=True)
    trial, reward = caught(made("e-rl2", seen, batch=128))
    executing = trial.executing[:, :-1]
    assert trial.reward[~executing].any(), "exploring was rewarded"
    assert not reward[~executing].any()
    np.testing.assert_array_equal(reward[executing], trial.reward[executing])
    trial, reward = caught(made("rl2", seen, batch=128))
    np.testing.assert_array_equal(reward, trial.reward)


def test_what_was_seen_of_rewards_stays_an_input(made):
    learner = made("e-rl2", hallway(hallways=2, length=2, sign=2, reward_seen=True), batch=128)
    trial, _ = caught(learner)
    shown = learner.inputs.of_episodes(trial)[:, 1:, learner.inputs.columns["reward"]][..., 0]
    torch.testing.assert_close(shown, torch.from_numpy(trial.reward))


def test_it_solves_two_hallways(learned, tested):
    learner = learned("e-rl2", hallway(hallways=2, length=2, sign=2), steps=40_000, batch=128)
    _, execution = tested(learner, 1)
    assert execution.returns.mean() == 1
