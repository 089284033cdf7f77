"""A second feature beside the first: it takes little, and changes nothing of the core."""
