"""What happens to a collection under other conditions, tried out over a stand-in."""
