"""Middlewares: what is done with every request, or with those to some addresses."""
