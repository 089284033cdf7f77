"""Tests of `infra/storage/snapshots`."""
