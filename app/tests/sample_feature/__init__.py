"""The feature that the core's tests use: it takes little, and changes nothing of the core."""
