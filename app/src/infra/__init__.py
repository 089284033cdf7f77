"""The outside world: the upstream on one side, the web on the other."""
