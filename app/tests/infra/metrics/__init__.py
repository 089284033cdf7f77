"""Tests of `infra/metrics`."""
