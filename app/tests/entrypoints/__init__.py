"""Tests of the layer `entrypoints`."""
