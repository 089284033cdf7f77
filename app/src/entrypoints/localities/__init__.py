"""Brazil's states, cities and districts, put together as a feature of the service."""
