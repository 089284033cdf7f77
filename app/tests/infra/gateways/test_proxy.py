"""The proxy on the way to an upstream: which requests go through it, and how it may fail."""

import asyncio
import base64
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import trustme

from src.application.experimenting.experiment import Conditions, Fault
from src.application.ports.upstream_errors import (
    UpstreamConnectionError,
    UpstreamError,
    UpstreamMalformedError,
    UpstreamProxyError,
    UpstreamStatusError,
    UpstreamTlsError,
    UpstreamUnreachableError,
)
from src.infra.gateways.proxy import Proxies, Proxy
from src.infra.gateways.stand_in_control import StandInControl
from src.infra.gateways.tls import tls_context
from stand_in.faults import Behaviour
from tests.helpers.cars import BRANDS, CarTable
from tests.helpers.clients import exchange_with
from tests.helpers.http_proxy import HttpProxy

BODY = msgspec.json.encode(BRANDS)

# As the upstream is called in a network whose names only the proxy can look up.
PLAIN = "http://carros.test/api/cars"
OVER_TLS = "https://carros.test/api/cars"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority that no system knows."""
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """The upstream's context."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("carros.test").configure_cert(context)
    return context


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path) -> ssl.SSLContext:
    """The client's context, which knows the authority."""
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return tls_context(ca_file=file, legacy_tls=False)


@pytest.fixture(autouse=True)
async def transports_are_closed() -> AsyncIterator[None]:
    """Waits until TLS has closed in the background; asyncio warns of transports left open."""
    yield
    transports = getattr(asyncio.get_running_loop(), "_transports", {})
    while any(transport._sock for transport in transports.values()):
        await asyncio.sleep(0.001)


def proxy_at(address: str, credentials: str = "") -> Proxy:
    """The proxy as the settings have it, perhaps with a user and a password."""
    at = f"{credentials}@" if credentials else ""
    return Proxy.at(f"http://{at}{address}", "HTTPS_PROXY")


async def error_through(
    proxy: Proxy, base_url: str = OVER_TLS, tls: ssl.SSLContext | None = None
) -> UpstreamError:
    """The error of a request that fails."""
    async with exchange_with(base_url, tls=tls, proxy=proxy) as exchange:
        with pytest.raises(UpstreamError) as caught:
            await exchange.body("/brands", timeout_s=30)
    return caught.value


@pytest.mark.parametrize(
    ("url", "without", "setting"),
    [
        ("https://ibase.test/v1", "", "HTTPS_PROXY"),
        ("http://ibase.test/v1", "", "HTTP_PROXY"),
        ("https://ibase.test/v1", "outro.test,base.test,se.test,ibase", "HTTPS_PROXY"),
        ("https://ibase.test/v1", "ibase.test:8443", "HTTPS_PROXY"),
        ("https://ibase.test/v1", "ibase.test", None),
        ("https://ibase.test/v1", " outro.test , IBASE.test ", None),
        ("https://ibase.test/v1", "ibase.test:443", None),
        ("https://ibase.test:8443/v1", "ibase.test:8443", None),
        ("https://api.ibase.test/v1", "ibase.test", None),
        ("https://api.ibase.test/v1", ".ibase.test", None),
        ("https://api.ibase.test/v1", "*.ibase.test", None),
        ("https://api.ibase.test:8443/v1", "ibase.test:8443", None),
        ("https://ibase.test/v1", "*", None),
        ("https://ibase.test/v1", "outro.test, *", None),
        ("http://10.1.2.3:8002/v1", "10.1.2.3", None),
        ("http://10.1.2.3:8002/v1", "10.1.2.30", "HTTP_PROXY"),
        ("http://10.1.2.3:8002/v1", "192.168.0.0/16, 10.0.0.0/8", None),
        ("http://10.1.2.3:8002/v1", "10.1.2.1/24", None),
        ("http://10.1.2.3:8002/v1", "10.2.0.0/16,2001:db8::/32,10.1.2.3/x", "HTTP_PROXY"),
        ("https://ibase.test/v1", "10.0.0.0/8", "HTTPS_PROXY"),
        ("http://[2001:db8::1]/v1", "2001:db8::/32", None),
        ("http://[2001:db8::1]/v1", "2001:db8::1", None),
        ("http://[2001:db8::1]/v1", "[2001:db8::1]:80", None),
        ("http://127.0.0.1:8002/v1", "", None),
        ("https://127.9.9.9/v1", "", None),
        ("http://[::1]:8002/v1", "", None),
        ("http://localhost:8002/v1", "", None),
        ("http://carros.localhost/v1", "", None),
    ],
)
def test_a_proxy_is_on_the_way_unless_the_host_is_exempt(
    url: str, without: str, setting: str | None
) -> None:
    """By scheme; NO_PROXY has names with all below them, ports and networks; never here."""
    proxies = Proxies(http="http://proxy.test:80", https="http://proxy.test:443", without=without)

    proxy = proxies.on_the_way_to(url)

    assert (proxy and proxy.setting) == setting
    assert proxy is None or proxy.port == (443 if setting == "HTTPS_PROXY" else 80)


def test_without_proxies_none_is_on_the_way() -> None:
    """One for the other scheme is none for this."""
    assert Proxies().on_the_way_to(OVER_TLS) is None
    assert Proxies(http="http://proxy.test").on_the_way_to(OVER_TLS) is None
    assert Proxies(https="http://proxy.test").on_the_way_to(PLAIN) is None


def test_a_proxy_is_shown_without_its_password() -> None:
    """However it gets into a log."""
    proxy = proxy_at("proxy.test:3128", "eu:segredo")

    assert str(proxy) == "http://proxy.test:3128"
    assert f"{[proxy]}" == "[Proxy(http://proxy.test:3128)]"
    assert "segredo" not in repr(Proxies(https="http://eu:segredo@proxy.test"))


async def test_a_plain_request_is_forwarded() -> None:
    """It has the whole address, and the upstream does not see the password for the proxy."""
    async with CarTable() as upstream, HttpProxy(upstream.url, credentials="eu:senha") as proxy:
        on_the_way = proxy_at(proxy.address, "eu:senha")
        async with exchange_with(PLAIN, proxy=on_the_way) as exchange:
            bodies = [await exchange.body("/brands", timeout_s=5) for _ in range(3)]

    assert bodies == [BODY] * 3
    assert [head.split(b"\r\n")[0] for head in proxy.heads] == [
        b"GET http://carros.test/api/cars/brands HTTP/1.1"
    ] * 3
    assert proxy.connections == 1


async def test_a_tunnel_is_opened_for_tls(server_tls: ssl.SSLContext, tls: ssl.SSLContext) -> None:
    """The proxy sees the host's name only; certificate and name are verified within the tunnel."""
    async with CarTable(tls=server_tls) as upstream, HttpProxy(upstream.url) as proxy:
        async with exchange_with(OVER_TLS, tls=tls, proxy=proxy_at(proxy.address)) as exchange:
            bodies = [await exchange.body("/brands", timeout_s=5) for _ in range(3)]

    assert bodies == [BODY] * 3
    (head,) = proxy.heads
    assert head.startswith(b"CONNECT carros.test:443 HTTP/1.1\r\n")
    assert b"brands" not in head


@pytest.mark.parametrize(
    ("written", "credentials"),
    [
        ("eu:senha", "eu:senha"),
        ("eu:se%40n%23ha%2F", "eu:se@n#ha/"),
        ("jo%C3%A3o:a%C3%A7%C3%A3o%E2%82%AC", "joão:ação€"),
        ("EMPRESA%5Ceu:senha", "EMPRESA\\eu:senha"),
        ("eu", "eu:"),
    ],
)
async def test_a_proxy_may_want_a_user_and_a_password(
    written: str, credentials: str, server_tls: ssl.SSLContext, tls: ssl.SSLContext
) -> None:
    """With any letters, for tunnels and for forwarded requests; the upstream gets neither."""
    async with CarTable(tls=server_tls) as upstream:
        async with HttpProxy(upstream.url, credentials=credentials) as proxy:
            on_the_way = proxy_at(proxy.address, written)
            async with exchange_with(OVER_TLS, tls=tls, proxy=on_the_way) as exchange:
                assert await exchange.body("/brands", timeout_s=5) == BODY
    async with CarTable() as upstream, HttpProxy(upstream.url, credentials=credentials) as proxy:
        on_the_way = proxy_at(proxy.address, written)
        async with exchange_with(PLAIN, proxy=on_the_way) as exchange:
            assert await exchange.body("/brands", timeout_s=5) == BODY


async def test_no_password_for_the_upstream_is_taken_from_netrc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor are proxies taken from the environment by anybody but the settings."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine carros.test login eu password segredo\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with CarTable() as upstream, HttpProxy(upstream.url) as proxy:
        async with exchange_with(PLAIN, proxy=proxy_at(proxy.address)) as exchange:
            await exchange.body("/brands", timeout_s=5)
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        async with exchange_with(upstream.base_url) as exchange:
            await exchange.body("/brands", timeout_s=5)

    (head,) = proxy.heads
    assert b"authorization" not in head.lower()


async def test_connections_through_a_proxy_are_bounded_and_reused(
    server_tls: ssl.SSLContext, tls: ssl.SSLContext
) -> None:
    """Sixty requests at once make no more tunnels than the session may have connections."""
    behaviour = Behaviour(latency_s=0.02)
    async with CarTable(tls=server_tls, behaviour=behaviour) as upstream:
        async with HttpProxy(upstream.url) as proxy:
            on_the_way = proxy_at(proxy.address)
            async with exchange_with(
                OVER_TLS, tls=tls, connections=5, proxy=on_the_way
            ) as exchange:
                await asyncio.gather(*(exchange.body("/brands", timeout_s=30) for _ in range(60)))

    assert proxy.connections == 5
    assert proxy.most_open_connections == 5


async def test_tls_sessions_are_resumed_through_a_proxy(
    server_tls: ssl.SSLContext, tls: ssl.SSLContext
) -> None:
    """As without one, only the first connection needs a full handshake."""
    async with CarTable(tls=server_tls, behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with HttpProxy(upstream.url) as proxy:
            async with exchange_with(OVER_TLS, tls=tls, proxy=proxy_at(proxy.address)) as exchange:
                await exchange.body("/brands", timeout_s=5)
                await asyncio.gather(*(exchange.body("/brands", timeout_s=5) for _ in range(5)))

    assert upstream.figures.connections == 5
    assert upstream.figures.resumed_tls_sessions == 4


@pytest.mark.parametrize("url", [PLAIN, OVER_TLS])
async def test_an_idle_connection_that_the_proxy_has_closed_is_replaced(
    url: str, server_tls: ssl.SSLContext, tls: ssl.SSLContext
) -> None:
    """Proxies close those that nobody uses; the next request takes a new one."""
    async with CarTable(tls=server_tls if url == OVER_TLS else None) as upstream:
        async with HttpProxy(upstream.url) as proxy:
            async with exchange_with(url, tls=tls, proxy=proxy_at(proxy.address)) as exchange:
                await exchange.body("/brands", timeout_s=5)
                await proxy.drop_connections()
                assert await exchange.body("/brands", timeout_s=5) == BODY

    assert proxy.connections == 2


@pytest.mark.parametrize("url", [PLAIN, OVER_TLS])
async def test_a_proxy_that_cannot_be_reached_is_named(url: str) -> None:
    """Nobody listens at its address, which the error shows without the password."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        error = await error_through(proxy_at(address, "eu:segredo"), url)

    assert type(error) is UpstreamProxyError
    assert error.may_pass
    assert f"sem conexão com o proxy http://{address} " in str(error)
    assert "confira HTTPS_PROXY" in str(error)
    assert "segredo" not in str(error)


async def test_a_proxy_with_an_unknown_name_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name is the only one that is looked up."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    error = await error_through(proxy_at("proxy.test:3128"))

    assert type(error) is UpstreamProxyError
    assert "sem conexão com o proxy http://proxy.test:3128 " in str(error)


@pytest.mark.parametrize("url", [PLAIN, OVER_TLS])
async def test_a_proxy_that_wants_a_password_is_named(url: str) -> None:
    """The error says where it belongs, or that it is wrong; a retry would not help."""
    async with HttpProxy(url, credentials="eu:certa") as proxy:
        without = await error_through(proxy_at(proxy.address), url)
        wrong = await error_through(proxy_at(proxy.address, "eu:segredo"), url)

    for error in (without, wrong):
        assert type(error) is UpstreamProxyError
        assert not error.may_pass
        assert f"o proxy http://{proxy.address} " in str(error)
    assert "pede usuário e senha (407): inclua-os em HTTPS_PROXY" in str(without)
    assert "não aceitou o usuário e a senha (407): confira HTTPS_PROXY" in str(wrong)
    assert "segredo" not in str(wrong)


@pytest.mark.parametrize(("status", "may_pass"), [(403, False), (502, True), (503, True)])
async def test_a_proxy_that_opens_no_tunnel_is_named(status: int, may_pass: bool) -> None:  # noqa: FBT001  # pytest gives it by name
    """Whatever page it answers with; one that failed itself may do better in a moment."""
    async with HttpProxy(OVER_TLS, answers=status) as proxy:
        error = await error_through(proxy_at(proxy.address, "eu:segredo"))

    assert type(error) is UpstreamProxyError
    assert error.may_pass is may_pass
    assert f"o proxy http://{proxy.address} respondeu {status}" in str(error)
    assert "segredo" not in str(error)


async def test_a_proxy_that_answers_in_place_of_the_upstream_is_named() -> None:
    """Without a tunnel nobody knows who has answered, so both are named."""
    async with HttpProxy(PLAIN, answers=502) as proxy:
        error = await error_through(proxy_at(proxy.address), PLAIN)

    assert type(error) is UpstreamStatusError
    assert str(error) == f"/brands: status 502, através do proxy http://{proxy.address}"


async def test_the_upstreams_own_answers_do_not_name_the_proxy(
    server_tls: ssl.SSLContext, tls: ssl.SSLContext
) -> None:
    """Within a tunnel it is certain who has answered."""
    async with CarTable(tls=server_tls) as upstream, HttpProxy(upstream.url) as proxy:
        async with exchange_with(OVER_TLS, tls=tls, proxy=proxy_at(proxy.address)) as exchange:
            with pytest.raises(UpstreamStatusError) as caught:
                await exchange.body("/nada", timeout_s=5)

    assert str(caught.value) == "/nada: status 404"


@asynccontextmanager
async def saying(answer: bytes | None) -> AsyncIterator[str]:
    """The address of a server that answers the first request with these bytes; None for nothing."""
    left = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
        writer.close()
        left.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await left.wait()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(b"", UpstreamConnectionError), (b"SSH-2.0-OpenSSH\r\n\r\n", UpstreamMalformedError)],
)
async def test_what_is_no_proxy_is_named_without_the_password(
    answer: bytes, kind: type[UpstreamError]
) -> None:
    """Something else listens at its address."""
    async with saying(answer) as address:
        error = await error_through(proxy_at(address, "eu:segredo"))

    assert type(error) is kind
    assert f", através do proxy http://{address}" in str(error)
    assert "segredo" not in str(error)


async def test_a_proxy_that_does_not_answer_is_named() -> None:
    """The first connection is given up long before the answer would be."""
    async with saying(None) as address:
        proxy = proxy_at(address, "eu:segredo")
        async with exchange_with(OVER_TLS, proxy=proxy, first_connection_s=0.2) as exchange:
            with pytest.raises(UpstreamUnreachableError) as caught:
                await exchange.body("/brands", timeout_s=30)

    assert f", através do proxy http://{address}" in str(caught.value)
    assert "segredo" not in str(caught.value)


async def test_a_proxy_that_opens_tls_itself_is_named_with_the_setting_that_helps(
    server_tls: ssl.SSLContext,
) -> None:
    """Its own authority has to be trusted, as that of any server."""
    context = tls_context(ca_file=None, legacy_tls=False)
    async with CarTable(tls=server_tls) as upstream, HttpProxy(upstream.url) as proxy:
        error = await error_through(proxy_at(proxy.address), tls=context)

    assert type(error) is UpstreamTlsError
    assert "CARS_CA_FILE" in str(error)
    assert f", através do proxy http://{proxy.address}" in str(error)


async def test_a_stand_in_is_controlled_through_the_same_proxy() -> None:
    """If it is on another machine, requests and orders go the same way."""
    async with CarTable() as upstream, HttpProxy(upstream.url, credentials="eu:ação") as proxy:
        for credentials in ("eu:a%C3%A7%C3%A3o", ""):
            control = StandInControl(
                "http://carros.test/controle", proxy=proxy_at(proxy.address, credentials)
            )
            try:
                await control.behave(Conditions(5, 70, Fault.NONE), 0)
            except UpstreamConnectionError as error:
                refused = str(error)

    assert upstream.behaviour.latency_s == 0.07
    assert refused == (
        f"http://carros.test/controle: status 407, através do proxy http://{proxy.address}"
    )
    assert base64.b64encode("eu:ação".encode()) in proxy.heads[0]
