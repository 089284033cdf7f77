"""Traces for operators, by OpenTelemetry."""
