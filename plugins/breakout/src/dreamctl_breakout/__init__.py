"""Breakout for dreamctl: the assignment of CS106A and its relatives, students' own programs, and what may be wrong."""
