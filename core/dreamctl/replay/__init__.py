"""Replays that play in a web page by themselves: what was seen, packed, and the page that draws it."""
