"""Tests of `application/finding` with the names of all places."""
