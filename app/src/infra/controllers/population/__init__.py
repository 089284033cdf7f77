"""The population of places over HTTP."""
