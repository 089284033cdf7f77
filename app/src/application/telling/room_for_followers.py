"""How many may follow refreshes at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class TooManyFollowersError(Exception):
    """Too many followers already, in all or of this client. `address` lists the refreshes."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(kw_only=True)
class RoomForFollowers:
    """Places for followers: how many in all, and how many of them for each client."""

    address: str  # at which callers find the list of refreshes, for errors
    most: int = 100
    most_of_one_client: int = 25
    _followers: Counter[str] = field(default_factory=Counter, init=False)  # by client

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Keeps a place for one follower of this client until the end of the block.

        Raises TooManyFollowersError if there are too many already, or too many of this client.
        """
        if (
            self._followers.total() >= self.most
            or self._followers[client] >= self.most_of_one_client
        ):
            raise TooManyFollowersError(self.address)
        self._followers[client] += 1
        try:
            yield
        finally:
            self._followers[client] -= 1
            self._followers += Counter()  # forgets clients without a follower
