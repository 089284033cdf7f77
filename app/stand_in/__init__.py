"""A stand-in for the upstream: the same paths, shapes and quirks, with faults on demand."""
