"""Keeps the last good snapshot, in memory and in the store that others share."""
