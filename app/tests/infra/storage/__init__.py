"""Tests of `infra/storage`."""
