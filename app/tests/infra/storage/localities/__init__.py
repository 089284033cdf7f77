"""Tests of `infra/storage/localities`."""
