"""Tests of `application/collecting`."""
