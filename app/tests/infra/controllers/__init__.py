"""Tests of `infra/controllers`."""
