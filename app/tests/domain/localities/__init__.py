"""Tests of `domain/localities`."""
