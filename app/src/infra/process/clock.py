"""What time it is."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time now, in UTC, to the second: finer than that, HTTP dates do not go."""
    return exact_utc_now().replace(microsecond=0)


def exact_utc_now() -> datetime:
    """The time now, in UTC, as finely as the machine tells it."""
    return datetime.now(UTC)
