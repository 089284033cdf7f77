"""Tests of `infra/controllers/refreshes`."""
