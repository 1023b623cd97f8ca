from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamctl import Environment, PluginError, UsageError, plugins
from dreamctl.plugins import (
    CORE,
    DISABLE,
    find_classifier,
    find_environment,
    find_explorer,
    find_rubric,
    installed,
    load,
    survey,
)

Install = Callable[..., Path]

GOOD = """
import dreamctl
from gymnasium import spaces

def environment(name, **settings):
    return dreamctl.Environment(
        name=name, observation_space=spaces.Discrete(2), actions=("a", "b"), exploration_steps=1,
        tasks=dreamctl.TaskSet, simulator=print, **settings)

@dreamctl.hookimpl
def dreamctl_environments():
    yield environment("first")
    yield environment("second", answer="return", execution_steps=1)

@dreamctl.hookimpl
def dreamctl_rubrics():
    yield dreamctl.Rubric(name="plain", environment="first", items=[dreamctl.Item(key="k")])

@dreamctl.hookimpl
def dreamctl_explorers():
    yield dreamctl.Explorer(name="random", build=print)
    yield dreamctl.Explorer(name="mine", build=print, environments=("first",))
    yield dreamctl.Explorer(name="judge", build=print, answers={"rubric"})

@dreamctl.hookimpl
def dreamctl_classifiers():
    yield dreamctl.Classifier(name="strict", build=print)
"""

HOOK = """
import dreamctl

@dreamctl.hookimpl
def dreamctl_environments():
"""

BROKEN = {  # name of the plugin -> (its source, what its one line of error says besides plugin, distribution, version)
    "unimportable": ("x = 1 / 0", ["could not be imported", "ZeroDivisionError", "line 1"]),
    "hungry": ("import a_module_that_nobody_has", ["No module named 'a_module_that_nobody_has'"]),
    "wrong-type": (
        HOOK + "    yield {'name': 'x'}",
        ["hook dreamctl_environments", "expected Environment", "got dict"],
    ),
    "raising": (HOOK + "    yield undefined", ["hook dreamctl_environments", "NameError: name 'undefined'", "line 6"]),
    "misspelt": (
        "import dreamctl\n@dreamctl.hookimpl\ndef dreamctl_enviroments():\n    yield",
        ["'dreamctl_enviroments'", "is not a hook", "Did you mean 'dreamctl_environments'?"],
    ),
    "twice": (
        GOOD + "\n@dreamctl.hookimpl(specname='dreamctl_rubrics')\ndef more():\n    yield from dreamctl_rubrics()",
        ["hook dreamctl_rubrics", "'plain' is yielded twice"],
    ),
}
ALSO_BROKEN = {
    "panicking": ("raise BaseException('panic')", ["could not be imported", "BaseException: panic", "line 1"]),
    "quitting": ("import sys\nsys.exit('goodbye')", ["could not be imported", "SystemExit: goodbye", "line 2"]),
    "unmarked": (GOOD.replace("@dreamctl.hookimpl", "", 1), ["'dreamctl_environments' without '@dreamctl.hookimpl'"]),
    "unmarked-and-misspelt": ("def dreamctl_rubric(): pass", ["'dreamctl_rubric'", "mean 'dreamctl_rubrics'?"]),
    "forgetful": (HOOK + "    pass", ["hook dreamctl_environments", "expected an iterable of Environment", "got None"]),
    "demanding": (GOOD.replace("dreamctl_rubrics()", "dreamctl_rubrics(config)"), ["dreamctl_rubrics", "config"]),
    "invalid": (
        GOOD.replace('actions=("a", "b")', 'actions=("a",)'),
        ["hook dreamctl_environments", "'first'", "'actions' needs at least 2 names (got 1)"],
    ),
}


def info(name: str) -> plugins.PluginInfo:
    return next(found for found in survey() if found.name == name)


# --- what is broken is named, and nothing else is taken down


@pytest.mark.parametrize("name", [*BROKEN, *ALSO_BROKEN])
def test_a_broken_plugin_is_named_in_one_line_with_its_distribution_version_and_hook(
    name: str, install: Install
) -> None:
    source, expected = {**BROKEN, **ALSO_BROKEN}[name]
    install(name, source)
    error = info(name).error
    assert error is not None
    assert "\n" not in error
    for part in (f"Plugin '{name}' (dreamctl-{name} 1.2)", *expected):
        assert part in error


def test_broken_plugins_of_all_kinds_leave_a_good_one_and_the_listing_alone(
    install: Install, dreamctl: Callable
) -> None:
    for name, (source, _) in BROKEN.items():
        install(name, source)
    install("doubled", GOOD, distribution="one")
    install("doubled", GOOD, distribution="other")
    install("good", GOOD)
    states = {found.name: found.state for found in survey()}
    assert states["good"] == "loaded"
    assert {states[name] for name in [*BROKEN, "doubled"]} == {"failed"}
    listing = dreamctl("plugins")
    assert listing.returncode == 0
    assert listing.stderr == ""
    for name in [*BROKEN, "doubled", "good"]:
        assert name in listing.stdout
    assert list(load("good").environments) == ["first", "second"]


def test_the_same_name_from_two_distributions_is_an_error_that_names_both(install: Install) -> None:
    install("doubled", GOOD, distribution="one", version="1.0")
    install("doubled", GOOD, distribution="other", version="2.0")
    with pytest.raises(
        PluginError, match=r"'doubled' is provided twice, by (one 1.0|other 2.0) and (one 1.0|other 2.0)"
    ):
        load("doubled")


def test_a_plugin_cannot_pass_itself_off_as_the_core(install: Install) -> None:
    install("core", GOOD, distribution="impostor")
    assert [found.state for found in survey() if found.name == "core"] == ["loaded", "failed"]
    assert "first" not in load("core").environments


def test_the_cause_stays_chained(install: Install) -> None:
    install("unimportable", "x = 1 / 0")
    with pytest.raises(PluginError) as caught:
        load("unimportable")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_distribution_without_metadata_is_still_listed(install: Install) -> None:
    file = install("bare", GOOD)
    (file.parent / "dreamctl_bare-1.2.dist-info" / "METADATA").unlink()
    assert (info("bare").state, info("bare").distribution, info("bare").version) == ("loaded", None, None)


# --- what is found, and when it is imported


def test_listing_imports_nothing_and_loading_imports_only_the_plugin_that_is_named(install: Install) -> None:
    one, other = install("one", GOOD).stem, install("other", GOOD).stem
    assert {"one", "other"} <= {found.name for found in installed()}
    assert not {one, other} & set(sys.modules)
    load("one")
    assert one in sys.modules
    assert other not in sys.modules


def test_an_unknown_name_is_answered_with_the_nearest(install: Install) -> None:
    install("pongo", GOOD)
    with pytest.raises(PluginError, match=r"No plugin named 'pngo'.*Did you mean 'pongo'\?"):
        load("pngo")


def test_disabled_plugins_are_listed_as_disabled_and_not_imported(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = install("hidden", "raise RuntimeError").stem
    monkeypatch.setenv(DISABLE, "something, hidden")
    assert info("hidden").state == "disabled"
    with pytest.raises(PluginError, match=r"'hidden' \(dreamctl-hidden 1.2\) is disabled by .* DREAMCTL_DISABLE"):
        load("hidden")
    assert module not in sys.modules


def test_the_core_s_own_plugin_cannot_be_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DISABLE, CORE)
    assert info(CORE).state == "loaded"
    assert "random" in load(CORE).explorers


def test_a_path_that_ends_in_py_is_a_plugin(tmp_path: Path) -> None:
    file = tmp_path / "my-game.py"
    file.write_text(GOOD.replace("tasks=dreamctl.TaskSet", "tasks=Params") + "\nclass Params: pass\n")
    plugin = load(str(file))
    assert (plugin.name, plugin.distribution) == ("my-game", None)
    assert list(plugin.environments) == ["first", "second"]
    made = plugin.environments["first"].tasks()
    assert type(pickle.loads(pickle.dumps(made))) is type(made)


def test_a_broken_or_missing_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("def (:\n")
    with pytest.raises(PluginError, match=r"Plugin 'broken' could not be imported: SyntaxError: .*broken.py"):
        load(str(file))
    with pytest.raises(PluginError, match="there is no such file"):
        load(str(tmp_path / "missing.py"))


def test_loading_twice_gives_equal_records(install: Install) -> None:
    install("pongo", GOOD)
    assert load("pongo") == load("pongo")


def test_the_cores_own_explorers_come_through_the_same_hooks() -> None:
    assert "random" in load("core").explorers
    assert installed()[0].name == "core"
    assert info("core").state == "loaded"


# --- names


@pytest.fixture
def good(install: Install) -> plugins.Plugin:
    install("good", GOOD)
    return load("good")


def test_an_environment_is_found_bare_qualified_or_by_default(good: plugins.Plugin) -> None:
    assert find_environment(good) is good.environments["first"]
    assert find_environment(good, "second") is find_environment(good, "good/second")
    with pytest.raises(UsageError, match=r"No environment named 'secnd'.*first, second.*Did you mean 'second'\?"):
        find_environment(good, "secnd")


def test_the_default_environment_is_the_one_named_like_the_plugin(install: Install) -> None:
    install("named", GOOD.replace('"second"', '"named"'))
    assert find_environment(load("named")).name == "named"


def test_a_plugin_without_environments_says_so() -> None:
    with pytest.raises(UsageError, match="'core' has no environments"):
        find_environment(load("core"))


def test_a_name_that_two_plugins_have_must_be_qualified(good: plugins.Plugin) -> None:
    with pytest.raises(UsageError, match="several explorers named 'random'; write 'good/random' or 'core/random'"):
        find_explorer("random", good)
    assert find_explorer("good/random", good) is good.explorers["random"]
    assert find_explorer("core/random", good).description == load("core").explorers["random"].description != ""
    assert find_explorer("mine", good) is good.explorers["mine"]


def test_a_name_may_be_qualified_with_a_third_plugin(good: plugins.Plugin, install: Install) -> None:
    install("third", GOOD)
    assert find_classifier("third/strict", good) == load("third").classifiers["strict"]
    with pytest.raises(PluginError, match="No plugin named 'fourth'"):
        find_classifier("fourth/strict", good)


def test_an_explorer_is_for_its_environments_and_answers_only(good: plugins.Plugin) -> None:
    first, second = (find_environment(good, name) for name in ("first", "second"))
    assert find_explorer("mine", good, first).environments == ("good/first",)
    with pytest.raises(UsageError, match="Explorer 'mine' is for good/first, not for good/second"):
        find_explorer("mine", good, second)
    with pytest.raises(UsageError, match="'judge' serves rubric answers, but good/second asks for a return"):
        find_explorer("judge", good, second)


def test_a_rubric_is_found_by_name_by_file_or_by_its_environment(good: plugins.Plugin, tmp_path: Path) -> None:
    first, second = (find_environment(good, name) for name in ("first", "second"))
    assert find_rubric(None, good, first) is find_rubric("good/plain", good)
    with pytest.raises(UsageError, match="good/second has no rubric of its own"):
        find_rubric(None, good, second)
    with pytest.raises(UsageError, match="Rubric 'plain' is for good/first, not for good/second"):
        find_rubric("plain", good, second)
    file = tmp_path / "course.toml"
    file.write_text('name = "course"\nenvironment = "good/second"\n[[items]]\nkey = "k"\n')
    assert find_rubric(str(file), good, second).name == "course"


def test_environments_of_the_same_plugin_are_written_in_full_once_loaded(good: plugins.Plugin) -> None:
    assert good.rubrics["plain"].environment == "good/first"
    assert isinstance(good.environments["first"], Environment)
