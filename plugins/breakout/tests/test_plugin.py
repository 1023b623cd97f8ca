"""The plugin as a whole."""

from dreamctl.testing import parametrize_with_checks


@parametrize_with_checks("breakout")
def test_breakout_keeps_the_contract(check):
    check()
