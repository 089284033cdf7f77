"""What every fan-out needs: counts of what becomes of its requests."""
