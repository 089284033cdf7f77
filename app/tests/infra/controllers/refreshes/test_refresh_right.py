"""The right to ask for a refresh."""

import pytest
from starlette.requests import Request

from src.infra.controllers.refreshes.refresh_right import (
    NotAuthenticatedError,
    NotPermittedError,
    RefreshRight,
)

HERE = "127.0.0.1"
SENT = "a-b.c_d~e+f/g=="


def request(client: str | None, **headers: str) -> Request:
    """A request from this client, with these headers besides the usual ones."""
    headers = {"host": "localhost:8001", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    address = (client, 50_000) if client is not None else None
    return Request({"type": "http", "client": address, "headers": raw, "path": "/"})


@pytest.mark.parametrize("client", [HERE, "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_without_a_token_a_client_on_this_machine_may_ask(client: str) -> None:
    """Any loopback address counts (RFC 5735, section 3; RFC 4291, sections 2.5.3 and 2.5.5)."""
    RefreshRight("").require(request(client))


@pytest.mark.parametrize(
    "client", ["192.168.0.7", "8.8.8.8", "::ffff:8.8.8.8", "fe80::1", "x", None]
)
def test_without_a_token_nobody_else_may_ask(client: str | None) -> None:
    """A client on the same network may not, nor a client without an address."""
    with pytest.raises(NotPermittedError, match="REFRESH_TOKEN"):
        RefreshRight("").require(request(client))


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:8001", "[::1]:8001"])
def test_without_a_token_the_host_may_name_the_loopback(host: str) -> None:
    """The Host header may have its name or its address."""
    RefreshRight("").require(request(HERE, host=host))


@pytest.mark.parametrize(
    "host",
    ["exemplo.br", "localhost.exemplo.br:8001", "192.168.0.7", "", "[abc", "x@localhost", "é"],
)
def test_without_a_token_a_name_that_points_here_is_not_enough(host: str) -> None:
    """The name's owner may point it anywhere and serve pages under it (DNS rebinding)."""
    with pytest.raises(NotPermittedError, match="localhost"):
        RefreshRight("").require(request(HERE, host=host))


@pytest.mark.parametrize(
    "header", ["forwarded", "x_forwarded_for", "x_forwarded_proto", "via", "x_real_ip"]
)
def test_without_a_token_nobody_may_ask_through_a_proxy(header: str) -> None:
    """With a proxy on this machine, everybody would look local."""
    with pytest.raises(NotPermittedError, match="proxy"):
        RefreshRight("").require(request(HERE, **{header: "for=8.8.8.8"}))


@pytest.mark.parametrize(
    ("headers", "may"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "same-site"}, False),
        ({"origin": "http://localhost:8001"}, True),
        ({"origin": "http://exemplo.br"}, False),
        ({"origin": "http://localhost:3000"}, False),
        ({"origin": "null"}, False),
    ],
)
def test_without_a_token_a_page_of_another_site_may_not_ask(
    headers: dict[str, str], *, may: bool
) -> None:
    """The browser is on this machine, but the page is not; with a token, the page must know it."""
    asking = request(HERE, **headers)
    if may:
        RefreshRight("").require(asking)
    else:
        with pytest.raises(NotPermittedError, match="site"):
            RefreshRight("").require(asking)
    RefreshRight(SENT).require(request(HERE, authorization=f"Bearer {SENT}", **headers))


@pytest.mark.parametrize("authorization", [f"Bearer {SENT}", f"bearer  {SENT} "])
def test_with_a_token_a_client_that_sends_it_may_ask(authorization: str) -> None:
    """The request may come from anywhere, even through a proxy."""
    asking = request("8.8.8.8", authorization=authorization, x_forwarded_for="9.9.9.9")
    RefreshRight(SENT).require(asking)


@pytest.mark.parametrize(
    ("authorization", "has_token"),
    [
        ("", False),
        (f"Basic {SENT}", False),
        (SENT, False),
        ("Bearer other", True),
        ("Bearer é", True),
    ],
)
def test_with_a_token_nobody_may_ask_without_it(authorization: str, *, has_token: bool) -> None:
    """Not even from this machine; a wrong token is told apart from a missing one."""
    with pytest.raises(NotAuthenticatedError) as raised:
        RefreshRight(SENT).require(request(HERE, authorization=authorization))
    assert raised.value.has_token is has_token


def test_the_right_says_if_it_needs_a_token() -> None:
    """The page uses this to ask the user for it."""
    assert RefreshRight(SENT).needs_token
    assert not RefreshRight("").needs_token
