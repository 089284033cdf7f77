"""The population of places, put together as a feature of the service."""
