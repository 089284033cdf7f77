"""How the territory is answered."""
