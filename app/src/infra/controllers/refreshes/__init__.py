"""Refreshes over HTTP: who may ask for one, and how it is told."""
