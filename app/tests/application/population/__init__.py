"""Tests of `application/population`."""
