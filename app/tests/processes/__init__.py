"""The service as whole processes, several at once."""
