"""Measures what the fan-out gains, and what its limits are for: `make compare`."""
