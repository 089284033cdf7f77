"""How many people live in a place."""
