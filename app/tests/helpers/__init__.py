"""Fakes, servers and data that many tests use."""
