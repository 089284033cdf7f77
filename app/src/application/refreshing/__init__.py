"""Keeps the answers fresh: when to collect, and which process does it."""
