"""Answers how many people live in a place."""
