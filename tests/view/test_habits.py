import attrs
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from dreamctl.algorithms.posterior import posterior, posteriors
from dreamctl.cli.main import dreamctl
from dreamctl.errors import UsageError
from dreamctl.learning import tabulate_all
from dreamctl.plugins import find_environment, find_explorer, load
from dreamctl.records import Problem, TaskSet
from dreamctl.runs.build import build_player
from dreamctl.runs.directory import load_run
from dreamctl.simulation.episodes import cut
from dreamctl.view.chart import draw_habits
from dreamctl.view.habits import habits, some_tasks
from dreamctl.view.trial import Watched


def watched(explorer, environment="hallway", **changes):
    plugin = load("hallway")
    world = attrs.evolve(find_environment(plugin, environment), **changes)
    found = find_explorer(explorer, plugin, find_environment(plugin, environment))
    player = build_player(found, Problem(environment=world, tasks=world.tasks()))
    return Watched(plugin="hallway", environment=world, explorer=found, player=player)


def test_who_walks_to_the_sign_is_seen_to_and_knows_the_task_there():
    who = watched("scripted")
    found = habits(who, trials=64)
    way = np.array([[n and 9, n] for n in range(5)], np.uint8)  # from the junction to the sign
    places = who.environment.place(way)
    assert {(each["x"], each["y"]) for each in found["visits"]} == {tuple(place) for place in places.tolist()}
    assert all(each["share"] == 1.0 for each in found["visits"])
    assert sum(each["times"] for each in found["visits"]) == 6  # one observation more than steps
    assert found["sights"] == {"sign": 1.0, "end of a hallway": 0.0}
    assert found["belief"]["mean"] == [0.125] * 4 + [1.0, 1.0]
    assert found["belief"]["quartiles"] == [found["belief"]["mean"]] * 2
    example = found["belief"]["example"]
    assert example["probability"][-1] == [float(key == example["task"]) for key in example["tasks"]]
    assert found["playing"] == [1.0] * 6
    back, on = [*[0.0] * 8, 1.0], [1.0, *[0.0] * 8]
    assert found["actions"] == [back, on, on, on, on]


def test_who_tries_a_hallway_never_sees_the_sign_and_learns_that_it_was_wrong():
    who = watched("posterior", "reward-seen")
    found = habits(who, trials=400)
    sign = tuple(who.environment.place(np.array([[9, 4]], np.uint8))[0])
    assert sign not in {(each["x"], each["y"]) for each in found["visits"]}
    assert found["sights"] == {"sign": 0.0, "end of a hallway": 1.0}
    right, wrong = 1.0, 1 / 7
    assert found["belief"]["mean"][-1] == pytest.approx(right / 8 + wrong * 7 / 8, abs=0.05)
    assert found["playing"] == [1.0] * 5 + [0.0]  # the end of a hallway ends the episode


def test_what_happens_by_chance_or_nowhere_leaves_its_part_out():
    who = watched("random", place=None, env=None)
    assert habits(who, trials=8)["visits"] is None
    from dreamctl.testing.doubles import bandit

    assert habits(attrs.evolve(who, environment=attrs.evolve(bandit(9), name="b")), trials=8)["belief"] is not None


def test_many_tasks_are_stood_for_by_some_evenly_spread():
    who = watched("random", "noise")  # 128 tasks
    every = who.environment.tasks().test
    some = some_tasks(who.environment, 0)
    assert len(some) == 64
    assert (some[0], some[-1]) == (every[0], every[-1])
    few = attrs.evolve(who.environment, tasks=lambda: TaskSet(test=every[:3]))
    assert some_tasks(few, 0) == list(every[:3])


def test_where_one_task_alone_is_held_out_explorations_of_others_are_shown(forks):
    every = forks.tasks().train
    one = attrs.evolve(forks, tasks=lambda: TaskSet(train=every[:3], test=every[3:4]))
    assert some_tasks(one, 0) == list(every[:3])
    alone = attrs.evolve(forks, tasks=lambda: TaskSet(test=every[3:4]))
    assert some_tasks(alone, 0) == list(every[3:4])


def test_the_posterior_after_every_prefix_is_that_of_the_prefix_alone(played, forks):
    tasks = forks.tasks().test
    tables = tabulate_all(forks, tasks, execution=False)
    episodes = played(32)
    prior = np.full(len(tasks), 1 / len(tasks))
    every = posteriors(tables, prior, episodes, reward_seen=True)  # [B, T+1, M]
    assert every.shape == (32, episodes.valid.shape[1], len(tasks))
    assert np.allclose(every.sum(2), 1)
    for t in range(episodes.valid.shape[1]):
        prefix = cut(episodes, np.full(32, t))
        known = posterior(tables, prior, prefix, reward_seen=True)
        row = episodes.mask[:, t : t + 1].any(1)  # where it goes on, a prefix does not tell that it does not end
        assert np.array_equal(every[row, t] > 0, known[row] > 0)


def test_a_judge_is_asked_what_it_believes_of_the_labels(trained):
    run = load_run(trained("lamps", "so-far"))
    belief = habits(Watched.of_run(run), trials=40)["belief"]
    assert belief["of"] == "the true labels"
    assert belief["mean"][-1] > 0.9 > belief["mean"][0]
    assert "example" not in belief


def test_a_chart_has_a_row_for_each_explorer_and_is_the_same_each_time(tmp_path):
    found = {name: habits(watched(name), trials=16) for name in ("scripted", "random")}
    world = watched("random").environment
    draw_habits(world, found, tmp_path / "two.png", tmp_path / "two.svg")
    draw_habits(world, found, tmp_path / "again.png", tmp_path / "again.svg")
    draw_habits(world, {"scripted": found["scripted"]}, tmp_path / "one.png")
    for suffix in ("png", "svg"):
        assert (tmp_path / f"two.{suffix}").read_bytes() == (tmp_path / f"again.{suffix}").read_bytes()
    with Image.open(tmp_path / "one.png") as one, Image.open(tmp_path / "two.png") as two:
        assert one.width == two.width
        assert one.height < two.height
    text = (tmp_path / "two.svg").read_text()
    assert "scripted" in text
    assert "random" in text


def test_where_no_place_is_known_the_chart_shows_what_is_done_instead(tmp_path):
    who = watched("scripted", place=None)
    draw_habits(who.environment, {"scripted": habits(who, trials=8)}, tmp_path / "one.svg")
    text = (tmp_path / "one.svg").read_text()
    assert "share of trials that do this" in text
    assert "hallway 8" in text


def run(*words):
    return CliRunner().invoke(dreamctl, [str(word) for word in words], catch_exceptions=False, standalone_mode=False)


def test_watching_writes_a_chart(tmp_path):
    out = tmp_path / "chart.svg"
    assert run("watch", "--plugin", "hallway", "--chart", out).stdout.strip() == str(out)
    assert "share of trials that come here" in out.read_text()
    with pytest.raises(UsageError, match=r"ends in \.png or \.svg"):
        run("watch", "--plugin", "hallway", "--chart", tmp_path / "chart.gif")
