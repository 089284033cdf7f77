"""Tests of `infra/storage/values`."""
