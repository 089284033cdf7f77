"""Tells how a refresh goes, whichever process runs it, and begins one that somebody asks for."""
