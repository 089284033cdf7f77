"""Tests of `infra/process`."""
