import attrs
import pytest

from dreamctl.comparing.plan import Request, begin, plan_of, read_request
from dreamctl.errors import RunError, UsageError


def asked(*explorers, **changes):
    return Request(**{"plugin": "hallway", "environment": "n2", "explorers": explorers, "steps": 1000, **changes})


def options(plan):
    return {each.name: dict(each.settings.options) for each in plan.contestants}


def test_everybody_has_the_largest_hidden_layers_that_any_has_by_itself():
    plan = plan_of(asked("dream", "rl2", "small=rl2", options={"small.hidden": 8}))
    assert plan.hidden == max(options(plan)["dream"]["hidden"], options(plan)["rl2"]["hidden"])
    assert options(plan)["dream"]["hidden"] == options(plan)["rl2"]["hidden"]
    assert options(plan)["small"]["hidden"] == 8
    notes = {each.name: each.note for each in plan.contestants}
    assert notes["small"] == "hidden size 8, as was asked for"
    assert notes["dream"] == ""


def test_settings_go_to_one_explorer_or_to_all_that_have_them():
    given = {"cost": 0.5, "free.cost": 0.0, "hidden": 16}
    plan = plan_of(asked("dream", "free=dream", "rl2", shuffled="none", options=given))
    assert options(plan) == {
        "dream": {"cost": 0.5, "hidden": 16},
        "free": {"cost": 0.0, "hidden": 16},
        "rl2": {"hidden": 16},
    }
    assert {each.settings.explorer for each in plan.contestants} == {"dream", "rl2"}


def test_the_first_that_learns_is_also_trained_on_random_identifiers():
    plan = plan_of(asked("posterior", "dream"))
    *others, control = plan.contestants
    assert [each.name for each in others] == ["posterior", "dream"]
    assert (control.name, control.control) == ("dream, shuffled ids", True)
    assert control.settings == attrs.evolve(others[1].settings, shuffle_identifiers=True)
    assert "--shuffle-identifiers" in control.command(0)


def test_an_explorer_that_does_not_say_its_settings_is_noted(tiny):
    plan = plan_of(Request(plugin=tiny, environment="doors", explorers=["counting"], shuffled="none"))
    (counting,) = plan.contestants
    assert counting.note == "has no setting 'hidden', so the size of its networks is its own"
    assert plan.hidden is None


def test_only_the_first_of_a_rubric_fits_judges_for_scripted_players(tiny):
    request = Request(plugin=tiny, environment="lamps", explorers=["counting", "random"], classifier="regression")
    assert [each.settings.controls for each in plan_of(request).contestants] == [True, False]


@pytest.mark.parametrize(
    ("explorers", "changes", "sentence"),
    [
        (["dream", "dream"], {}, "is there twice"),
        (["=dream"], {}, "neither a name nor"),
        (["draem"], {}, "Did you mean 'dream'"),
        (["classifier=dream"], {}, "cannot be a title"),
        (["dream"], {"options": {"rl2.hidden": 3}}, "No explorer named 'rl2'"),
        (["dream"], {"options": {"dream.hiden": 3}}, "Did you mean 'hidden'"),
        (["dream", "posterior"], {"options": {"trees": 3}}, "none of dream, posterior has a setting"),
        (["dream"], {"options": {"cost": "free"}}, "expected a number"),
        (["dream"], {"shuffled": "rl2"}, "No explorer that learns named 'rl2'"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_written(tmp_path, explorers, changes, sentence):
    with pytest.raises(UsageError, match=sentence):
        begin(asked(*explorers, **changes), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_request_is_read_again_as_it_was_written_and_nothing_is_overwritten(tmp_path):
    request = asked("random", options={}, trials=5)
    begin(request, tmp_path / "out")
    assert read_request(tmp_path / "out") == attrs.evolve(request, explorers=["random"])
    with pytest.raises(RunError, match="there is a comparison already"):
        begin(request, tmp_path / "out")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    with pytest.raises(RunError, match="something that is not a comparison"):
        begin(request, tmp_path / "other")
    with pytest.raises(RunError, match="no comparison to go on with"):
        read_request(tmp_path / "other")
