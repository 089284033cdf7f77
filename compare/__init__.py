"""What the fan-out gains, and what its limits are for, shown by measuring: `make compare`."""
