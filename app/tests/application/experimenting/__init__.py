"""Tests of the manners towards the upstream."""
