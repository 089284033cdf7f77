"""Tests of `infra/http/middleware`."""
