"""Tests of `infra/editions`."""
