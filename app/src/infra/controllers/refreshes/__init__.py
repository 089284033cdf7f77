"""Refreshes over HTTP: who may request one, and how it is shown."""
