"""Adapters to the upstream, IBGE's "localidades" v1."""
