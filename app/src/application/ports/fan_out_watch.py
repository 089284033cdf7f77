"""What a collection reports of each request, as it happens."""

from collections.abc import Callable, Sequence

from src.application.ports.refresh_progress import Limits
from src.domain.tree import Leaf


class FanOutWatch:
    """Hears of the roots in work and of the requests to the upstream, one call for each event.

    A root is a part at the top of the tree; each has a permit while all below it is collected.

    It is called thousands of times in a second, so it does little, and never waits or raises. This
    one does nothing, and is for collections that nobody watches.
    """

    def bounded_by(self, limits: Callable[[], Limits]) -> None:
        """`limits` returns the limits in force at any time."""

    def told_to_rest(self, seconds: float) -> None:
        """The upstream asks, in any of its answers, to be left alone for so long."""

    def roots_listed(self, roots: Sequence[Leaf]) -> None:
        """These are to be collected."""

    def root_begun(self, root: Leaf) -> None:
        """The root has its permit."""

    def root_ended(self, root: Leaf, *, is_whole: bool) -> None:
        """The root has given its permit back, with all below it or not."""

    def asked(self, level: int, parent: int, *, root: int) -> int:  # noqa: ARG002  # does nothing
        """A request begins to wait for its permit; returns its number.

        `level` is the depth of the requested parts in the tree, 0 at the top. `parent` is the id of
        the part above them, and `root` that of the root above them; both are 0 at the top. Ids need
        to be unique in their list only.
        """
        return 0

    def sent(self, request: int) -> None:
        """The request has its permit and goes to the upstream."""

    def answered(self, request: int) -> None:
        """Its whole answer is there."""

    def read(self, request: int) -> None:
        """Its answer was what it should be."""

    def failed(self, request: int, *, again: bool) -> None:
        """The attempt failed; it is tried `again`, or given up."""
