"""Tests of `application/keeping`."""
