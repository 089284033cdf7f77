"""Tests of the layer `infra`."""
