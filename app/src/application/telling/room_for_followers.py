"""How many may follow refreshes at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class TooManyFollowersError(Exception):
    """Too many followers already, in all or of this client. `address` lists the refreshes."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(kw_only=True)
class RoomForFollowers:
    """Places for followers: how many in all, and how many of them for each client.

    One client may be all people of an office or a school, behind one address.
    """

    address: str  # at which callers find the list of refreshes, for errors
    most: int = 1_000
    most_of_one_client: int = 100
    # Hears of each follower that comes (1) or leaves (-1).
    changed: Callable[[int], object] = lambda _: None
    _followers: Counter[str | None] = field(default_factory=Counter, init=False)  # by client

    @contextmanager
    def place(self, client: str | None) -> Iterator[None]:
        """Keeps a place for one follower of this client until the end of the block.

        `client` is None if clients cannot be told from each other; they may have all places.

        Raises TooManyFollowersError if there are too many already, or too many of this client.
        """
        most = self.most_of_one_client if client is not None else self.most
        if self._followers.total() >= self.most or self._followers[client] >= most:
            raise TooManyFollowersError(self.address)
        self._followers[client] += 1
        self.changed(1)
        try:
            yield
        finally:
            self.changed(-1)
            self._followers[client] -= 1
            self._followers += Counter()  # forgets clients without a follower
