"""Tests of the layer `application`."""
