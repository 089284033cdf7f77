"""A second feature beside the first: how little it takes, and that it needs nothing of the core."""
