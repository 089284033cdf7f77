"""Tests of `application/telling`."""
