"""Results that come page by page: the total, and links to the other pages."""

from urllib.parse import urlencode

from starlette.requests import Request

from src.infra.controllers.localities.parameters import NameSearch


def page_headers(request: Request, search: NameSearch, *, total: int) -> dict[str, str]:
    """X-Total-Count, and Link to the first, previous, next and last page (RFC 8288)."""
    limit, offset = search.limit, search.offset
    starts = {"first": 0, "last": (total - 1) // limit * limit if total else 0}
    if offset > 0:
        starts["prev"] = max(0, offset - limit)
    if offset + limit < total:
        starts["next"] = offset + limit
    links = (f'<{_url(request, search, start)}>; rel="{rel}"' for rel, start in starts.items())
    return {"X-Total-Count": str(total), "Link": ", ".join(links)}


def _url(request: Request, search: NameSearch, offset: int) -> str:
    # Only what the search has understood: anything else would be repeated in each link, and make
    # the header longer than proxies take.
    asked = search.model_dump(include={"q", "uf"}, exclude_unset=True, exclude_none=True)
    return (
        f"{request.scope['path']}?{urlencode({**asked, 'limit': search.limit, 'offset': offset})}"
    )
