"""One collection of a tree, from its roots down: what becomes of many requests at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.upstream_errors import UpstreamError, UpstreamMalformedError
from src.domain.snapshot import Gap, Key
from src.domain.succession import missing
from src.domain.tree import Branch, InvalidTreeError, Leaf, in_order

Root = TypeVar("Root", bound=Branch)
B = TypeVar("B", bound=Branch)


class FanOut(Generic[Root]):
    """Asks for the parts of many branches at once, and puts them together.

    A branch whose parts cannot be read does not stop the others: it stays without, and `gaps` names
    it. Only what the upstream does wrong makes a gap; any other exception is an internal error, and
    is raised rather than passed off as missing data.

    Args:
        roots_limit: bounds the roots in work, for all collections together: one made for this
            collection would bound this one alone.
        watch: hears of each root in work.
        on_root: called with each root as soon as it is whole.
    """

    def __init__(
        self, *, roots_limit: asyncio.Semaphore, watch: FanOutWatch, on_root: Callable[[Root], None]
    ) -> None:
        self._roots_limit = roots_limit
        self._watch = watch
        self._on_root = on_root
        # By the identity of a branch that stayed without parts: itself, so that no other gets its
        # identity, and why.
        self._unread: dict[int, tuple[Branch, UpstreamError]] = {}

    async def roots(
        self, roots: Sequence[Root], parts_of: Callable[[Root], Awaitable[Iterable[Leaf]]]
    ) -> list[Root]:
        """Each root with all that `parts_of` gives for it.

        Raises UpstreamMalformedError if a root appears twice.
        """
        try:
            listed = in_order(roots)
        except InvalidTreeError as error:
            raise UpstreamMalformedError(str(error)) from error
        self._watch.roots_listed(listed)
        # All of them end before an error is raised: none goes on behind it.
        outcomes = await asyncio.gather(
            *(self._root(root, parts_of) for root in listed), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return [each for each in outcomes if not isinstance(each, BaseException)]

    async def below(
        self, branches: Sequence[B], ask: Callable[[B], Awaitable[Iterable[Leaf]]]
    ) -> list[B]:
        """Each of these branches with the parts that `ask` gives, in order.

        Raises InvalidTreeError, before anything is asked, if one appears twice.
        """
        branches = in_order(branches)
        # No coroutine of its own around each request: thousands wait at a time.
        answers = await asyncio.gather(*map(ask, branches), return_exceptions=True)
        return self.assemble(branches, answers)

    def assemble(
        self, branches: Sequence[B], answers: Sequence[Iterable[Leaf] | BaseException]
    ) -> list[B]:
        """The same, from answers that are there: the parts of each, or the error."""
        return [self._one(*pair) for pair in zip(branches, answers, strict=True)]

    def gaps(self, roots: Sequence[Root]) -> tuple[Gap, ...]:
        """The branches of this tree that stayed without parts, in order of level."""
        return missing(roots, self._reason)

    def require_any(self, roots: Sequence[Root]) -> None:
        """Raise UpstreamError, with the reason for the first root, if no root could be read."""
        errors = [self._unread[id(root)][1] for root in roots if id(root) in self._unread]
        if errors and len(errors) == len(roots):
            raise errors[0]

    def _reason(self, _: Key, branch: Branch) -> str | None:
        unread = self._unread.get(id(branch))
        return str(unread[1]) if unread is not None else None

    async def _root(
        self, root: Root, parts_of: Callable[[Root], Awaitable[Iterable[Leaf]]]
    ) -> Root:
        async with self._roots_limit:
            return await self._in_work(root, parts_of)

    async def _in_work(
        self, root: Root, parts_of: Callable[[Root], Awaitable[Iterable[Leaf]]]
    ) -> Root:
        self._watch.root_begun(root)
        is_whole = False
        try:
            collected = await self._with_parts(root, parts_of)
            is_whole = not missing((collected,))
            if is_whole:
                self._on_root(collected)
            return collected
        finally:
            self._watch.root_ended(root, is_whole=is_whole)

    async def _with_parts(
        self, root: Root, parts_of: Callable[[Root], Awaitable[Iterable[Leaf]]]
    ) -> Root:
        try:
            answer: Iterable[Leaf] | BaseException = await parts_of(root)
        except (UpstreamError, InvalidTreeError) as error:
            answer = error
        return self._one(root, answer)

    def _one(self, branch: B, answer: Iterable[Leaf] | BaseException) -> B:
        try:
            if isinstance(answer, BaseException):
                raise answer
            return branch.with_children(answer)
        except UpstreamError as error:
            self._unread[id(branch)] = branch, error
        except InvalidTreeError as error:
            self._unread[id(branch)] = branch, UpstreamMalformedError(str(error))
        return branch
