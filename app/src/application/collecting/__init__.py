"""What every fan-out needs: a bound on what is at work, and counts of what becomes of it."""
