"""Adapters to the web: what is answered to a request, and how it is written."""
