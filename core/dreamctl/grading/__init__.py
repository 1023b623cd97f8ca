"""Grading: submissions in, grades with evidence out."""
