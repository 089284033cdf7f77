"""The places over HTTP."""
