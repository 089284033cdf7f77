"""Meaning: what data are, and which of them are to be believed."""
