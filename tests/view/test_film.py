"""Films: a trial played again, laid out, and written to files."""

import attrs
import numpy as np
import pytest
from PIL import Image

from dreamctl import PluginError, Problem, RandomPolicy, UsageError, open_simulator, rollout
from dreamctl.algorithms.told import Told
from dreamctl.plugins import find_explorer, load
from dreamctl.runs.play import Scripted
from dreamctl.view.film import film
from dreamctl.view.page import ITEMS, contact_sheet, doubtful, page, spread
from dreamctl.view.save import save
from dreamctl.view.trial import Watched, shots
from dreamctl_hallway import hallway
from dreamctl_hallway.scripted import ToTheSign


def explorations(environment, policy, episodes=1, seed=5):
    return rollout(
        open_simulator(environment, 1),
        policy,
        environment.tasks().test[2:3],
        np.array([seed], np.uint64),
        steps=environment.exploration_steps,
        episodes=episodes,
    )


def watched(name, **rest):
    plugin = load("hallway")
    environment = plugin.environments["hallway"]
    explorer = find_explorer(name, plugin, environment)
    built = explorer.build(Problem(environment=environment, tasks=environment.tasks()))
    player = built if isinstance(built, Told) else Scripted(built)
    return Watched(plugin="hallway", environment=environment, explorer=explorer, player=player, **rest)


def test_a_film_shows_every_moment_of_every_episode():
    environment = hallway()
    episodes = explorations(environment, ToTheSign(9), episodes=2)
    film_of_it = film(environment, episodes, "exploration")
    assert [shot.step for shot in film_of_it] == [0, 1, 2, 3, 4, 5] * 2
    assert [shot.action for shot in film_of_it[:6]] == ["", "back", "hallway 1", "hallway 1", "hallway 1", "hallway 1"]
    assert [shot.episode for shot in film_of_it] == ["exploration 1"] * 6 + ["exploration 2"] * 6
    simulator = open_simulator(environment, 1)
    simulator.reset([(2, 0)], np.zeros(1, np.uint64), np.zeros(1, np.intp))
    np.testing.assert_array_equal(film_of_it[6].picture, simulator.render(0))
    simulator.step(np.array([8]))
    np.testing.assert_array_equal(film_of_it[7].picture, simulator.render(0))


def test_a_film_of_what_did_not_happen_is_refused():
    environment = hallway()
    episodes = explorations(environment, RandomPolicy(9))
    forged = attrs.evolve(episodes, action=np.where(episodes.action == 8, 0, 8))
    with pytest.raises(PluginError, match="it went another way"):
        film(environment, forged, "exploration")


def test_a_world_without_pictures_says_so():
    environment = hallway()

    class Blind(environment.simulator(1).__class__):
        def render(self, row):
            raise NotImplementedError

    blind = attrs.evolve(environment, simulator=lambda batch: Blind(environment.simulator(1).layout, batch))
    with pytest.raises(UsageError, match="it draws no pictures"):
        film(blind, explorations(environment, RandomPolicy(9)), "exploration")


def test_whoever_is_told_the_task_is_seen_to_explore_and_then_to_win():
    moments = shots(watched("told"), hallway().tasks().test[6], 0, 1)
    execution = [shot for shot in moments if shot.episode == "execution"]
    assert moments[0].episode == "exploration"
    assert [shot.action for shot in execution[:2]] == ["", "hallway 7"]
    assert [shot.reward for shot in execution] == [0, 0, 0, 0, 1]


def test_beliefs_are_drawn_beside_the_moment_that_they_belong_to():
    items = ("right", "wrong")
    rising = np.linspace(0, 1, 6)
    believing = watched("scripted", items=items, beliefs=lambda episodes: np.stack([rising, 1 - rising], 1)[None])
    moments = shots(believing, hallway().tasks().test[6], 0, 1)
    assert [round(shot.belief["right"], 1) for shot in moments[:6]] == [0, 0.2, 0.4, 0.6, 0.8, 1]
    plain, beside = page(moments[2]), page(moments[2], items)
    assert beside.width > plain.width
    assert beside.tobytes() != page(moments[3], items).tobytes()


def test_of_many_items_those_that_were_most_believed_are_shown():
    moments = shots(watched("scripted"), hallway().tasks().test[0], 0, 1)
    many = {str(i): i / 100 for i in range(40)}
    believed = [attrs.evolve(shot, belief=many) for shot in moments]
    assert doubtful(believed) == [str(i) for i in range(40 - ITEMS, 40)]


def test_a_long_episode_is_thinned_out_but_keeps_its_ends():
    assert spread(list(range(5)), 24) == [0, 1, 2, 3, 4]
    thin = spread(list(range(101)), 24)
    assert len(thin) == 24
    assert (thin[0], thin[-1]) == (0, 100)
    assert thin == sorted(thin)


@pytest.mark.parametrize(("name", "frames"), [("trial.png", 1), ("trial.gif", 12)])
def test_a_film_is_written_as_a_sheet_or_as_an_animation(tmp_path, name, frames):
    moments = shots(watched("scripted"), hallway().tasks().test[0], 0, 1)
    save(hallway(), moments, tmp_path / name, steps_per_second=2)
    with Image.open(tmp_path / name) as picture:
        assert getattr(picture, "n_frames", 1) == frames
        assert picture.width > 500


def test_a_sheet_has_a_row_for_each_episode():
    moments = shots(watched("scripted"), hallway().tasks().test[0], 0, 1)
    both, one = contact_sheet(moments), contact_sheet(moments[:6])
    assert both.width == one.width
    assert both.height > 1.8 * one.height


def test_a_video_is_written_where_av_is_installed(tmp_path):
    av = pytest.importorskip("av")
    moments = shots(watched("scripted"), hallway().tasks().test[0], 0, 1)
    save(hallway(), moments, tmp_path / "trial.mp4", steps_per_second=4)
    with av.open(str(tmp_path / "trial.mp4")) as container:
        assert container.streams.video[0].frames == 10 + 2 * 6  # the last moment of each episode stays for 1.5 seconds


@pytest.mark.parametrize("name", ["trial.bmp", "trial", "nowhere/trial.png"])
def test_what_cannot_be_written_is_said_in_one_sentence(tmp_path, name):
    moments = shots(watched("scripted"), hallway().tasks().test[0], 0, 1)
    with pytest.raises(UsageError, match="trial"):
        save(hallway(), moments, tmp_path / name, steps_per_second=2)
