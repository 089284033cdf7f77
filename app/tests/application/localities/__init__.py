"""Tests of `application/localities`."""
