"""Settings of the documentation: `make docs` builds it in docs/_build/html, and every warning is an error."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from dreamctl import __version__

project = "dreamctl"
author = "the dreamctl authors"
copyright = author
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.mathjax", "figures"]
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "programs", "results"]
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = f"dreamctl {release}"
