"""Reads states, cities and districts from IBGE's "localidades" v1."""
