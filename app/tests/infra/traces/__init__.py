"""Tests of `infra/traces`."""
