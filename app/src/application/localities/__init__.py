"""Collects the places of Brazil, and answers questions about them."""
