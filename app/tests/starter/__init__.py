"""What `make new` makes, and what the guide says to do with it."""
