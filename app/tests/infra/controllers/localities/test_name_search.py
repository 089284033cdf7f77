"""Links from one page of results to the other pages (RFC 8288)."""

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from src.infra.controllers.localities.name_search import page_headers
from src.infra.controllers.localities.parameters import NameSearch

PATH = "/api/v1/cities"


def headers_of(total: int, **query: Any) -> dict[str, str]:
    """The headers of the page that this query asks for."""
    scope = {"type": "http", "path": PATH, "query_string": urlencode(query).encode()}
    return page_headers(Request(scope), NameSearch(**query), total=total)


def links_of(headers: dict[str, str]) -> dict[str, str]:
    """The links by relation."""
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="([a-z]+)"', headers["Link"])}


def offsets_of(total: int, **query: Any) -> dict[str, int]:
    """The offset at which each linked page starts."""
    links = links_of(headers_of(total, **query))
    return {rel: int(parse_qs(urlsplit(url).query)["offset"][0]) for rel, url in links.items()}


@pytest.mark.parametrize(
    ("total", "limit", "offset", "starts"),
    [
        (0, 20, 0, {"first": 0, "last": 0}),
        (1, 20, 0, {"first": 0, "last": 0}),
        (20, 20, 0, {"first": 0, "last": 0}),
        (21, 20, 0, {"first": 0, "last": 20, "next": 20}),
        (45, 20, 20, {"first": 0, "last": 40, "prev": 0, "next": 40}),
        (45, 20, 40, {"first": 0, "last": 40, "prev": 20}),
        (45, 20, 5, {"first": 0, "last": 40, "prev": 0, "next": 25}),
        (3, 1, 1, {"first": 0, "last": 2, "prev": 0, "next": 2}),
        (3, 20, 500, {"first": 0, "last": 0, "prev": 480}),
        (0, 20, 500, {"first": 0, "last": 0, "prev": 480}),
    ],
)
def test_links_lead_to_the_other_pages(
    total: int, limit: int, offset: int, starts: dict[str, int]
) -> None:
    """The first page has no `prev` and the last no `next`."""
    headers = headers_of(total, limit=limit, offset=offset)

    assert headers["X-Total-Count"] == str(total)
    assert offsets_of(total, limit=limit, offset=offset) == starts


def test_a_link_repeats_the_whole_search() -> None:
    """It has path and query, with the page's size even if the client did not choose one."""
    links = links_of(headers_of(30, q="são josé", uf="SC"))

    assert links["next"] == f"{PATH}?q=s%C3%A3o+jos%C3%A9&uf=SC&limit=20&offset=20"


def test_a_link_repeats_nothing_but_the_search() -> None:
    """Unset and unknown parameters are left out; the header would grow with them."""
    scope = {"type": "http", "path": PATH, "query_string": b"utm_source=" + b"x" * 1_500}

    headers = page_headers(Request(scope), NameSearch(), total=1)

    assert links_of(headers)["first"] == f"{PATH}?limit=20&offset=0"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_no_name_breaks_out_of_its_link(q: str) -> None:
    """Brackets, quotes, commas and line ends in a name come back unchanged."""
    headers = headers_of(100, q=q, limit=10, offset=50)

    assert headers["Link"].isascii()
    assert headers["Link"].isprintable()
    links = links_of(headers)
    assert set(links) == {"first", "last", "prev", "next"}
    for url in links.values():
        assert parse_qs(urlsplit(url).query, keep_blank_values=True)["q"] == [q]


@given(total=st.integers(0, 300), limit=st.integers(1, 100))
def test_following_next_visits_every_page_and_ends_at_last(total: int, limit: int) -> None:
    """Each result comes once; `prev` leads back the same way."""
    starts = [0]
    while (offsets := offsets_of(total, limit=limit, offset=starts[-1])).get("next") is not None:
        starts.append(offsets["next"])

    assert starts == list(range(0, max(total, 1), limit))
    assert offsets["last"] == starts[-1]
    assert offsets.get("prev") == (starts[-2] if len(starts) > 1 else None)
