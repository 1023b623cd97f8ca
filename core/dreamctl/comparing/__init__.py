"""Comparing explorers: the same budget, networks and seeds for each, and one table with intervals and controls."""
