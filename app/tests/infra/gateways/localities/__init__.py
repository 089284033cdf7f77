"""Tests of `infra/gateways/localities`."""
