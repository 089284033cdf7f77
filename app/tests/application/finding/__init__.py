"""Tests of `application/finding`."""
