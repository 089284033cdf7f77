"""Tests of `infra/http`."""
