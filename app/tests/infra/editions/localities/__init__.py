"""Tests of `infra/editions/localities`."""
