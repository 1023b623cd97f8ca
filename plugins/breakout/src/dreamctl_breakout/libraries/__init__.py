"""Headless drop-ins for the graphics libraries that students import, written from what those libraries do.

Nothing here imports more than the standard library: it runs inside the sandbox, and has to be quick to import.
"""
