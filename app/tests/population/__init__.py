"""Tests of the whole service with the populations."""
