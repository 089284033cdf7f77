"""TLS against real servers on loopback, with the test's own certificate authority."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
import trustme

from src.application.ports.upstream_errors import UpstreamTlsError
from src.infra.gateways import tls as tls_module
from src.infra.gateways.tls import tls_advice, tls_context
from stand_in.faults import Behaviour
from tests.helpers.cars import CarTable, read_brands
from tests.helpers.clients import client_over, exchange_with
from tests.helpers.legacy_tls_server import LegacyTlsServer

BODY = b'[{"id": 3, "name": "Citro\xc3\xabn"}]'


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority that no system knows."""
    return trustme.CA(key_type=trustme.KeyType.RSA)


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's certificate, as CARS_CA_FILE would name it."""
    file = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """A server's context with a certificate from that authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def legacy_server(authority: trustme.CA) -> Iterator[LegacyTlsServer]:
    """A server without secure renegotiation."""
    certificate = authority.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA)
    with LegacyTlsServer(certificate, BODY) as server:
        yield server


@pytest.fixture(autouse=True)
async def transports_are_closed() -> AsyncIterator[None]:
    """Waits until TLS has closed in the background; asyncio warns of transports left open."""
    yield
    transports = getattr(asyncio.get_running_loop(), "_transports", {})
    while any(transport._sock for transport in transports.values()):
        await asyncio.sleep(0.001)


async def names_of_brands(base_url: str, tls: ssl.SSLContext) -> list[str]:
    """Asks for the brands as the service does."""
    async with exchange_with(base_url, tls=tls) as exchange:
        brands = await client_over(exchange).get("/brands", read_brands, level=0)
    return [brand.name for brand in brands]


async def test_an_unknown_authority_is_refused_with_the_setting_that_helps(
    server_tls: ssl.SSLContext,
) -> None:
    """For an incomplete chain or a private authority, the error names CARS_CA_FILE."""
    async with CarTable(tls=server_tls) as upstream:
        with pytest.raises(UpstreamTlsError, match="CARS_CA_FILE"):
            await names_of_brands(upstream.base_url, tls_context(ca_file=None, legacy_tls=False))


async def test_the_ca_file_makes_an_authority_known(
    server_tls: ssl.SSLContext, ca_file: Path
) -> None:
    """With the authority's certificate, the connection is made and verified."""
    async with CarTable(tls=server_tls) as upstream:
        names = await names_of_brands(
            upstream.base_url, tls_context(ca_file=ca_file, legacy_tls=False)
        )
    assert names == ["Ford", "Toyota"]


async def test_no_secure_renegotiation_is_refused_with_the_setting_that_helps(
    legacy_server: LegacyTlsServer, ca_file: Path
) -> None:
    """OpenSSL 3 refuses a server without it; the error names CARS_LEGACY_TLS."""
    tls = tls_context(ca_file=ca_file, legacy_tls=False)
    with pytest.raises(UpstreamTlsError, match="CARS_LEGACY_TLS"):
        await names_of_brands(legacy_server.base_url, tls)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_sessions_are_resumed(
    server_tls: ssl.SSLContext, ca_file: Path, version: ssl.TLSVersion
) -> None:
    """Of many connections, only the first needs a full handshake."""
    server_tls.minimum_version = server_tls.maximum_version = version
    tls = tls_context(ca_file=ca_file, legacy_tls=False)
    async with CarTable(tls=server_tls, behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with exchange_with(upstream.base_url, tls=tls) as exchange:
            await exchange.body("/brands", timeout_s=5)
            await asyncio.gather(*(exchange.body("/brands", timeout_s=5) for _ in range(20)))

    assert upstream.figures.connections == 20
    assert upstream.figures.resumed_tls_sessions == 19


async def test_the_first_connections_have_no_session_to_resume(
    server_tls: ssl.SSLContext, ca_file: Path
) -> None:
    """Three connections are opened at once, so their handshakes run together."""
    tls = tls_context(ca_file=ca_file, legacy_tls=False)
    async with CarTable(tls=server_tls, behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with exchange_with(upstream.base_url, tls=tls) as exchange:
            await asyncio.gather(*(exchange.body("/brands", timeout_s=5) for _ in range(3)))

    assert upstream.figures.connections == 3
    assert upstream.figures.resumed_tls_sessions == 0


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_session_that_the_server_has_forgotten_is_dropped(
    authority: trustme.CA, ca_file: Path, version: ssl.TLSVersion
) -> None:
    """A day later, the first connection gets a new session, which the others resume."""
    tls = tls_context(ca_file=ca_file, legacy_tls=False)
    resumed = []
    for _ in range(3):  # a server with other keys each time
        server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(server_tls)
        server_tls.minimum_version = server_tls.maximum_version = version
        behaviour = Behaviour(latency_s=0.1)
        async with CarTable(tls=server_tls, behaviour=behaviour) as upstream:
            async with exchange_with(upstream.base_url, tls=tls) as exchange:
                await exchange.body("/brands", timeout_s=5)
                await asyncio.gather(*(exchange.body("/brands", timeout_s=5) for _ in range(5)))
        resumed.append(upstream.figures.resumed_tls_sessions)

    assert resumed == [4, 4, 4]


def test_a_session_is_not_offered_again_if_no_handshake_succeeds_with_it() -> None:
    """A server that breaks off resumed handshakes is connected to without a session."""
    connection = Mock(session=Mock(id=b"1"), session_reused=False)
    last_session = tls_module._LastSession(not_working_after_s=0.05)
    last_session.through(connection, None)

    assert last_session.to_offer() is connection.session
    assert last_session.to_offer() is connection.session  # there is still time
    time.sleep(0.06)
    assert last_session.to_offer() is None


async def test_a_server_need_not_offer_sessions(server_tls: ssl.SSLContext, ca_file: Path) -> None:
    """Without a session to resume, each connection makes a full handshake."""
    server_tls.minimum_version = ssl.TLSVersion.TLSv1_3
    server_tls.num_tickets = 0
    tls = tls_context(ca_file=ca_file, legacy_tls=False)
    async with CarTable(tls=server_tls, behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with exchange_with(upstream.base_url, tls=tls) as exchange:
            await exchange.body("/brands", timeout_s=5)
            await asyncio.gather(*(exchange.body("/brands", timeout_s=5) for _ in range(3)))

    assert upstream.figures.connections == 3
    assert upstream.figures.resumed_tls_sessions == 0


async def test_legacy_tls_allows_a_server_without_secure_renegotiation(
    legacy_server: LegacyTlsServer, ca_file: Path
) -> None:
    """With the setting on, the connection is made."""
    tls = tls_context(ca_file=ca_file, legacy_tls=True)
    assert await names_of_brands(legacy_server.base_url, tls) == ["Citroën"]


async def test_legacy_tls_still_verifies_the_certificate(legacy_server: LegacyTlsServer) -> None:
    """The setting allows an old handshake, not an unknown server."""
    with pytest.raises(UpstreamTlsError, match="CARS_CA_FILE"):
        await names_of_brands(legacy_server.base_url, tls_context(ca_file=None, legacy_tls=True))


def test_other_failures_get_no_advice() -> None:
    """Advice is given only if a setting helps."""
    expired = ssl.SSLCertVerificationError()
    expired.verify_code = 10
    assert tls_advice(expired, settings="CARS_") is None
    assert tls_advice(ssl.SSLError(1, "outra"), settings="CARS_") is None
    assert tls_advice(OSError("sem rota"), settings="CARS_") is None
