"""What the application needs of the outside world, in its own words."""
