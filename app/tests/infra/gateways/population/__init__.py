"""Tests of `infra/gateways/population`."""
