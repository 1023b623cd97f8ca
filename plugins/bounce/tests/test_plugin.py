import subprocess
import sys

import dreamctl_bounce


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
    (environment,) = dreamctl_bounce.dreamctl_environments()
    everything, published = dreamctl_bounce.dreamctl_rubrics()
    (scripted,) = dreamctl_bounce.dreamctl_explorers()
    assert environment.name == "bounce"
    assert environment.answer in scripted.answers
    assert {everything.environment, published.environment, *scripted.environments} == {environment.name}
    assert set(published.keys) < set(everything.keys)
