"""Keeps what is answered fresh: when to collect, who does it, and what is kept."""
