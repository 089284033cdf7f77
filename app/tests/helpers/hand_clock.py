"""A clock of seconds for tests."""


class SecondsClock:
    """A monotonic clock that only the test advances."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        """Lets this many seconds pass."""
        self.time += seconds
