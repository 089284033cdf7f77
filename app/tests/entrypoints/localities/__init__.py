"""Tests of `entrypoints/localities`."""
