"""A feature that asks for values one by one, for the tests of what the core does for such."""
