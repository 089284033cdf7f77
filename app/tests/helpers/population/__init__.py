"""Fakes of the populations."""
