"""Reads populations from IBGE's aggregates, version 3."""
