"""Tests of `infra/storage/journals`."""
