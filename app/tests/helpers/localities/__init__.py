"""Fakes and data about the places."""
