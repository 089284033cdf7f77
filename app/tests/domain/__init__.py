"""Tests of the layer `domain`."""
