"""Tests of `application/refreshing`."""
