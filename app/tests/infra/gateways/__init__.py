"""Tests of `infra/gateways`."""
