"""Tests of `infra/controllers/population`."""
