"""The places of Brazil, and the rules of their codes."""
