"""A snapshot made ready to be answered: the tree written out, and every part at hand."""

import asyncio
from collections.abc import Hashable, Mapping
from typing import Any, Generic, TypeAlias

from fastapi import Response
from starlette.datastructures import Headers

from src.domain.snapshot import S
from src.infra.editions.presentation import (
    Format,
    Formats,
    LookUp,
    NotAcceptableError,
    Parts,
    Presentation,
    TreeFormats,
    format_for,
)
from src.infra.http.content_codings import CODINGS, IDENTITY, QUICK_COMPRESSORS, best_coding
from src.infra.http.media_types import JSON, best_media_type
from src.infra.http.representation import Representation, content_id, representation

# Smaller bodies are not worth compressing.
WORTH_COMPRESSING_BYTES = 500

# Of which parts, in which format, under which media type, and in which coding.
_Key: TypeAlias = tuple[Hashable, Format[Any], str, str]


class Edition(Generic[S, LookUp]):
    """One snapshot as it is answered.

    `ready` has what is made before anybody asks. `headers` go with each answer.
    """

    def __init__(
        self,
        snapshot: S,
        presentation: Presentation[S, LookUp],
        *,
        ready: Mapping[Format[Any], bytes],
        headers: Mapping[str, str],
    ) -> None:
        self.snapshot = snapshot
        self._presentation = presentation
        self._headers = headers
        self._ready: dict[Format[Any], dict[str, Representation]] = {each: {} for each in ready}
        self._content_ids = {each: content_id(body) for each, body in ready.items()}
        self._made: dict[_Key, asyncio.Future[Representation]] = {}
        self._look_up: asyncio.Future[LookUp] | None = None
        for each, body in ready.items():
            self.add_coding(each, IDENTITY, body)

    def bodies(self, ready: Format[Any]) -> dict[str, bytes]:
        """The bytes in this format in each coding that is ready."""
        return {coding: bytes(each.whole.body) for coding, each in self._ready[ready].items()}

    def add_coding(self, ready: Format[Any], coding: str, body: bytes) -> None:
        """From now on what is ready in this format is answered in this coding, too."""
        made = self._representation(body, self._content_ids[ready], JSON, coding, {})
        self._ready[ready][coding] = made

    def take_codings(self, before: "Edition[S, LookUp]") -> bool:
        """Takes over the codings of what is as it was before; returns whether everything is."""
        same = [
            each for each, content in self._content_ids.items() if content == before.content(each)
        ]
        for each in same:
            for coding, body in before.bodies(each).items():
                self.add_coding(each, coding, body)
        return len(same) == len(self._ready)

    def content(self, ready: Format[Any]) -> str:
        """The same for the same content in this format."""
        return self._content_ids[ready]

    def tree_at_hand(self, request: Headers, formats: TreeFormats) -> Response | None:
        """The tree as JSON in the best coding that is ready; None if another is wanted."""
        if format_for(request, formats) != JSON:
            return None
        coding = best_coding(_accept_encoding(request), self._ready[formats[JSON]])
        return self._ready[formats[JSON]][coding].answer(request) if coding is not None else None

    async def tree(self, request: Headers, formats: TreeFormats) -> Response:
        """The tree in the format and in the coding that suit best.

        `formats` are some of the presentation. Raises NotAcceptableError.
        """
        if format_for(request, formats) != JSON:
            return await self.kept(request, None, formats, self.snapshot.roots)
        at_hand = self.tree_at_hand(request, formats)
        if at_hand is None:
            # A coding of JSON that is not ready yet is not made in another way meanwhile: a strong
            # entity tag stands for the same bytes always.
            raise NotAcceptableError(self._presentation.available)
        return at_hand

    async def look_up(self) -> LookUp:
        """What the parts of the snapshot are found by, made when it is first asked for."""
        if self._look_up is None:
            make = self._presentation.look_up
            self._look_up = asyncio.ensure_future(asyncio.to_thread(make, self.snapshot))
        return await asyncio.shield(self._look_up)  # hanging up does not stop it for others

    async def kept(
        self, request: Headers, key: Hashable, formats: Formats[Parts], parts: Parts
    ) -> Response:
        """These parts in one of these formats, written once for all requests under this key.

        Raises NotAcceptableError.
        """
        media_type, coding = format_for(request, formats), self._coding(request)
        if media_type is None:
            raise NotAcceptableError(self._presentation.available)
        chosen = formats[media_type]
        making = self._made.get((key, chosen, media_type, coding))
        if making is None:
            written = asyncio.to_thread(self._written, parts, chosen, media_type, coding)
            making = asyncio.ensure_future(written)
            self._made[key, chosen, media_type, coding] = making
        return (await asyncio.shield(making)).answer(request)

    def answer(
        self, request: Headers, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The answer with this small JSON, and these headers besides; raises NotAcceptableError."""
        if best_media_type(",".join(request.getlist("accept")), (JSON,)) is None:
            raise NotAcceptableError(self._presentation.available)
        coding = None
        if len(body) < WORTH_COMPRESSING_BYTES:
            coding = best_coding(_accept_encoding(request), [IDENTITY])
        made = self._coded(body, JSON, coding or self._coding(request), headers or {})
        return made.answer(request)

    def _written(
        self, parts: Parts, chosen: Format[Parts], media_type: str, coding: str
    ) -> Representation:
        headers = {}
        if chosen.file_name is not None:
            name = chosen.file_name(parts)
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return self._coded(chosen.write(parts), media_type, coding, headers)

    def _coded(
        self, body: bytes, media_type: str, coding: str, headers: Mapping[str, str]
    ) -> Representation:
        coded = body if coding == IDENTITY else QUICK_COMPRESSORS[coding](body)
        return self._representation(coded, content_id(body), media_type, coding, headers)

    def _representation(
        self, body: bytes, content: str, media_type: str, coding: str, headers: Mapping[str, str]
    ) -> Representation:
        return representation(
            body,
            content=content,
            media_type=media_type,
            coding=coding,
            last_modified=self.snapshot.collected_at,
            headers={**self._headers, **headers},
        )

    def _coding(self, request: Headers) -> str:
        coding = best_coding(_accept_encoding(request), CODINGS)
        if coding is None:
            raise NotAcceptableError(self._presentation.available)
        return coding


def _accept_encoding(request: Headers) -> str:
    return ",".join(request.getlist("accept-encoding"))
