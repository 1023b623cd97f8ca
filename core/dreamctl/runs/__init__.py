"""Run directories: settings, checkpoints, measures and provenance; and what is rebuilt from them."""
