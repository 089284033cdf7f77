"""Answers a search by name, page by page, whatever kind of place is looked for."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from fastapi import Request, Response

from src.application.localities.place_lookup import Places
from src.application.localities.place_names import PlaceNames
from src.domain.localities.regions import region_of
from src.domain.localities.territory import City, District
from src.infra.controllers.localities.dependencies import OpenedLocalities
from src.infra.controllers.localities.parameters import NameSearch

# Bytes. Some proxies take 4 kB for all headers of an answer (proxy_buffer_size of nginx).
LONGEST_LINKS = 2700

Place = TypeVar("Place", City, District)


async def answer_search(
    request: Request,
    opened: OpenedLocalities,
    search: NameSearch,
    *,
    names: Callable[[Places], PlaceNames[Place]],
    shown: Callable[[Place, Places], dict[str, Any]],
    only: Callable[[Place], bool] | None = None,
) -> Response:
    """The page that was asked for.

    `names` gives the names to search, `shown` how a place is answered, and `only` says which ones
    are.

    Raises NoSnapshotError, UnknownPlaceError for an unknown state, and NotAcceptableError.
    """
    edition = await opened.freshness.edition()
    places = await edition.look_up()
    state_id = places.state(search.uf).id if search.uf is not None else None
    region_id = region_of(search.regiao).id if search.regiao is not None else None
    found = names(places).search(search.q, state_id=state_id, region_id=region_id)
    if only is not None:
        found = list(filter(only, found))
    page = found[search.offset : search.offset + search.limit]
    return edition.answer(
        request.headers,
        msgspec.json.encode([shown(place, places) for place in page]),
        page_headers(request, search, total=len(found)),
    )


def page_headers(request: Request, search: NameSearch, *, total: int) -> dict[str, str]:
    """X-Total-Count, and Link to the first, previous, next and last page (RFC 8288)."""
    limit, offset = search.limit, search.offset
    starts = {}
    if offset + limit < total:
        starts["next"] = offset + limit
    if offset > 0:
        starts["prev"] = max(0, offset - limit)
    starts |= {"first": 0, "last": (total - 1) // limit * limit if total else 0}
    links: list[str] = []
    for rel, start in starts.items():
        link = f'<{_url(request, search, start)}>; rel="{rel}"'
        # With a long query, those that matter most.
        if len(", ".join([*links, link])) <= LONGEST_LINKS:
            links.append(link)
    return {"X-Total-Count": str(total), "Link": ", ".join(links)}


def _url(request: Request, search: NameSearch, offset: int) -> str:
    # Only what the search has understood: anything else would be repeated in each link, and make
    # the header longer than proxies take.
    asked = search.model_dump(
        mode="json", exclude={"limit", "offset"}, exclude_unset=True, exclude_none=True
    )
    asked |= {"limit": search.limit, "offset": offset}
    return f"{request.scope['path']}?{urlencode(asked)}"
