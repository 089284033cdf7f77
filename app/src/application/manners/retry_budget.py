"""How much may be asked again: retries must not become the load that keeps an upstream down."""

from typing import Self

# Retries for each request, and those that are free, so that the only request there is can be
# made again.
SHARE = 0.2
FREE = 10


class RetryBudget:
    """Keeps retries to a fifth of the requests of a fan-out.

    A request is under way while a `with` of this runs, whatever number of tries it takes.

    A fan-out begins with the first request after none was under way. Its requests count from when
    they are asked for, though they may wait for their turn: a collection asks thousands at once.
    """

    def __init__(self) -> None:
        self._under_way = 0
        self._asked = 0
        self._retried = 0

    def __enter__(self) -> Self:
        self._under_way += 1
        self._asked += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._under_way -= 1
        if self._under_way == 0:
            self._asked = self._retried = 0

    @property
    def asked(self) -> int:
        """How many requests the fan-out has so far."""
        return self._asked

    def spend(self) -> bool:
        """Whether one more retry is within the budget; it is spent then."""
        if self._retried + 1 > FREE + SHARE * self._asked:
            return False
        self._retried += 1
        return True
