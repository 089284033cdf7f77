"""Wiring: settings, the composition of the parts, and the application that is served."""
