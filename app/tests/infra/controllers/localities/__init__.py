"""Tests of `infra/controllers/localities`."""
