"""Tests of `infra/storage/values` with populations."""
