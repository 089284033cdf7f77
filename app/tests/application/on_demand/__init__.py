"""Tests of `application/on_demand`."""
