"""Keeps the answers fresh: when to collect, which process does it, and what to keep."""
