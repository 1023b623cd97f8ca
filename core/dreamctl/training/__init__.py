"""Training a run, and measuring it on held-out tasks."""
