"""Policy: how the territory is collected, how often, and what is answered meanwhile."""
