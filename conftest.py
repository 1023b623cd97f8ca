"""Settings for every test, set before anything heavy is imported: one thread, and no window."""

import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["MPLBACKEND"] = "agg"
os.environ.pop("DREAMCTL_DISABLE", None)
