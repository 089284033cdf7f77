"""The places that ship with the code."""
