"""Snapshots made ready to be answered: written and compressed once, sent as they are."""
