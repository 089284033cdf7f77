"""Meaning: what a place is, and what the service knows of the territory."""
