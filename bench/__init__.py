"""Measurements against simpler programs, side by side in one run: `make bench`."""
