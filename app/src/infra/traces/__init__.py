"""Traces for those who run the service, by OpenTelemetry."""
