"""Finds what somebody has typed."""
