"""Adapters to upstreams: one client for any of them, and in folders what each is asked for."""
