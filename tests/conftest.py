"""Runs of the tiny plugin in `tiny.py`, trained once for all tests that read them."""

from pathlib import Path

import pytest

TINY = str(Path(__file__).parent / "tiny.py")


@pytest.fixture(scope="session")
def tiny() -> str:
    return TINY


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """Directory of a finished run, by environment and classifier; nothing may write to it but evaluations."""
    from dreamctl.runs.build import choose
    from dreamctl.runs.progress import Progress
    from dreamctl.training.train import train

    made = {}

    def run(environment: str = "lamps", classifier: str | None = "regression") -> Path:
        if environment == "doors":
            classifier = None
        if (environment, classifier) not in made:
            directory = tmp_path_factory.mktemp("runs") / f"{environment}-{classifier}"
            settings = choose(TINY, environment, "counting", classifier, steps=3000, device="cpu")
            train(settings, directory, progress=Progress(quiet=True))
            made[environment, classifier] = directory
        return made[environment, classifier]

    return run
