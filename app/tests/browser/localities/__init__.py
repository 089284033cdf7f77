"""Tests of the pages about places in a real browser."""
