"""Showing what happens: a policy's trial as pictures, and a window in which a person plays."""
