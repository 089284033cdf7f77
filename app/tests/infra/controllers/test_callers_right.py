"""The right to ask for a refresh."""

from pathlib import Path

import pytest
from starlette.requests import Request

from src.infra.controllers.callers_right import (
    CallersRight,
    NotAuthenticatedError,
    NotPermittedError,
)
from src.infra.http import local_users
from tests.infra.http.test_local_users import CONNECTION, HEAD, unix_only

HERE = "127.0.0.1"
SENT = "a-b.c_d~e+f/g=="


def request(client: str | None, *, http_version: str = "1.1", **headers: str) -> Request:
    """A request from this client, with these headers besides the usual ones."""
    headers = {"host": "localhost:8001", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    address = (client, 50_000) if client is not None else None
    server = ("127.0.0.1", 8001)
    scope = {"type": "http", "http_version": http_version, "path": "/", "server": server}
    return Request({**scope, "client": address, "headers": raw})


@pytest.mark.parametrize("client", [HERE, "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_without_a_token_a_client_on_this_machine_may_ask(client: str) -> None:
    """Any loopback address counts (RFC 5735, section 3; RFC 4291, sections 2.5.3 and 2.5.5)."""
    CallersRight("").require(request(client))


@pytest.mark.parametrize(
    "client", ["192.168.0.7", "8.8.8.8", "::ffff:8.8.8.8", "fe80::1", "x", None]
)
def test_without_a_token_nobody_else_may_ask(client: str | None) -> None:
    """A client on the same network may not, nor a client without an address."""
    with pytest.raises(NotPermittedError, match="defina REFRESH_TOKEN"):
        CallersRight("").require(request(client))


@unix_only
def test_without_a_token_a_process_of_another_user_may_not_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a proxy that does not show itself."""
    listed = tmp_path / "tcp"
    listed.write_text(HEAD + CONNECTION.format("33"))
    monkeypatch.setattr(local_users, "_CONNECTIONS", [listed])
    monkeypatch.setattr("os.getuid", lambda: 1000)

    with pytest.raises(NotPermittedError, match="usuário"):
        CallersRight("").require(request(HERE))


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:8001", "[::1]:8001"])
def test_without_a_token_the_host_may_name_the_loopback(host: str) -> None:
    """The Host header may have its name or its address."""
    CallersRight("").require(request(HERE, host=host))


@pytest.mark.parametrize(
    "host",
    ["exemplo.br", "localhost.exemplo.br:8001", "192.168.0.7", "", "[abc", "x@localhost", "é"],
)
def test_without_a_token_a_name_that_points_here_is_not_enough(host: str) -> None:
    """The name's owner may point it anywhere and serve pages under it (DNS rebinding)."""
    with pytest.raises(NotPermittedError, match="localhost"):
        CallersRight("").require(request(HERE, host=host))


@pytest.mark.parametrize(
    "header",
    [
        *("forwarded", "x_forwarded_for", "x_forwarded_proto", "via", "x_real_ip"),
        *("x_forwarded_host", "x_forwarded_server", "x_original_forwarded_for", "x_original_url"),
        *("true_client_ip", "x_client_ip", "x_cluster_client_ip", "proxy_client_ip", "client_ip"),
        *("cf_connecting_ip", "cf_connecting_ipv6", "cf_ray", "cdn_loop", "x_amz_cf_id"),
        *("x_amzn_trace_id", "x_azure_clientip", "fastly_client_ip", "fly_forwarded_port"),
        *("x_envoy_external_address", "x_varnish", "x_arr_log_id", "x_nginx_proxy", "x_scheme"),
        *("x_remote_addr", "x_proxyuser_ip", "x_originating_ip", "x_host", "tailscale_user_login"),
        *("surrogate_capability", "x_cloud_trace_context", "x_appengine_country"),
    ],
)
def test_without_a_token_nobody_may_ask_through_a_proxy(header: str) -> None:
    """With a proxy on this machine, everybody would look local."""
    with pytest.raises(NotPermittedError, match=r"proxy.*defina REFRESH_TOKEN"):
        CallersRight("").require(request(HERE, **{header: "for=8.8.8.8"}))


@pytest.mark.parametrize("version", ["0.9", "1.0"])
def test_without_a_token_nobody_may_ask_in_http_1_0(version: str) -> None:
    """Most proxies that add no header speak it, and nobody else; with a token, they may."""
    with pytest.raises(NotPermittedError, match=r"proxy.*HTTP/1\.1"):
        CallersRight("").require(request(HERE, http_version=version))
    bearer = f"Bearer {SENT}"
    CallersRight(SENT).require(request(HERE, http_version=version, authorization=bearer))


@pytest.mark.parametrize(
    "header",
    [
        *("accept", "accept_encoding", "accept_language", "cache_control", "connection"),
        *("content_length", "content_type", "cookie", "dnt", "pragma", "priority", "range"),
        *("referer", "sec_ch_ua_platform", "sec_fetch_dest", "sec_fetch_user", "sec_gpc", "te"),
        *("traceparent", "upgrade_insecure_requests", "user_agent", "x_request_id"),
        *("x_requested_with", "expect", "if_none_match", "x_client_data"),
    ],
)
def test_without_a_token_usual_clients_are_no_proxies(header: str) -> None:
    """What browsers, curl and libraries send of themselves does not count."""
    CallersRight("").require(request(HERE, **{header: "1"}))


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
        CallersRight("").require(asking)
    else:
        with pytest.raises(NotPermittedError, match=r"site.*defina REFRESH_TOKEN"):
            CallersRight("").require(asking)
    CallersRight(SENT).require(request(HERE, authorization=f"Bearer {SENT}", **headers))


@pytest.mark.parametrize("authorization", [f"Bearer {SENT}", f"bearer  {SENT} "])
def test_with_a_token_a_client_that_sends_it_may_ask(authorization: str) -> None:
    """The request may come from anywhere, even through a proxy."""
    asking = request("8.8.8.8", authorization=authorization, x_forwarded_for="9.9.9.9")
    CallersRight(SENT).require(asking)


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
        CallersRight(SENT).require(request(HERE, authorization=authorization))
    assert raised.value.has_token is has_token


def test_the_right_says_if_it_needs_a_token() -> None:
    """The page uses this to ask the user for it."""
    assert CallersRight(SENT).needs_token
    assert not CallersRight("").needs_token
