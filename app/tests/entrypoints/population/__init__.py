"""Tests of `entrypoints/population`."""
