import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import dreamctl_bounce
from dreamctl import UsageError


def test_importing_the_plugin_and_calling_its_hooks_loads_neither_numba_nor_torch():
    code = (
        "import sys, dreamctl_bounce as bounce\n"
        "assert not {'numba', 'torch', 'gymnasium'} & set(sys.modules)\n"
        "for hook in ('environments', 'rubrics', 'explorers'):\n"
        "    assert list(getattr(bounce, f'dreamctl_{hook}')())\n"
        "assert not {'numba', 'torch'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_records_fit_together():
    boxes, pictures = dreamctl_bounce.dreamctl_environments()
    everything, of_pictures, published, _ = dreamctl_bounce.dreamctl_rubrics()
    (scripted,) = dreamctl_bounce.dreamctl_explorers()
    assert (boxes.name, pictures.name) == ("bounce", "pixels")
    assert boxes.answer in scripted.answers
    assert {everything.environment, published.environment} == {boxes.name}
    assert of_pictures.environment == pictures.name
    assert of_pictures.keys == everything.keys
    assert set(scripted.environments) == {boxes.name, pictures.name}
    assert set(published.keys) < set(everything.keys)


def test_a_score_limit_that_no_observation_can_hold_is_refused():
    for limit in (0, 40_000):
        with pytest.raises(UsageError, match="score_limit"):
            dreamctl_bounce.bounce(limit)


def test_the_readme_s_examples_run_and_print_what_they_show():
    readme = Path(__file__).parent.parent / "README.md"
    failed, tried = doctest.testfile(str(readme), module_relative=False)
    assert tried >= 10
    assert failed == 0
