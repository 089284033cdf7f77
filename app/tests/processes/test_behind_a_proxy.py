"""A service in a network that only a proxy leads out of."""

import ssl
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from stand_in.faults import Behaviour
from tests.helpers.http_proxy import HttpProxy
from tests.helpers.processes import ServiceProcess, until
from tests.helpers.serving import client
from tests.processes.many_shelves import LISTS, MANY, PROGRAM
from tests.sample_feature.__main__ import AT_ONCE
from tests.sample_feature.feature import TREE
from tests.sample_feature.shelves import Shelf
from tests.sample_feature.upstream import Storeroom, lists_of


@pytest.fixture
def server_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The upstream's context; its authority is known to this machine."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("estoque.test").configure_cert(context)
    return context


async def test_everything_is_collected_through_the_proxy(
    tmp_path: Path, server_tls: ssl.SSLContext
) -> None:
    """Over TLS, with a password, and with no more connections than without a proxy."""
    behaviour = Behaviour(latency_s=0.02)
    async with (
        Storeroom(lists_of(MANY), tls=server_tls, behaviour=behaviour) as upstream,
        HttpProxy(upstream.base_url, credentials="eu:ação") as proxy,
    ):
        with ServiceProcess(
            tmp_path / "log",
            program=PROGRAM,
            shelves_url=upstream.base_url.replace("127.0.0.1", "estoque.test"),
            https_proxy=f"http://eu:a%C3%A7%C3%A3o@{proxy.address}",
        ) as service:
            async with client() as session:
                answer, tree = await service.get(session, TREE)

    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert msgspec.json.decode(tree, type=tuple[Shelf, ...]) == MANY
    assert upstream.figures.lists == LISTS
    assert upstream.figures.most_in_flight > 2
    assert proxy.most_open_connections <= AT_ONCE


async def test_the_log_names_a_proxy_that_lets_nothing_through(tmp_path: Path) -> None:
    """The warning says what to check, without the password; an upstream here needs no proxy."""
    async with Storeroom(lists_of(MANY)) as here, HttpProxy(here.base_url, answers=403) as proxy:
        settings: dict[str, Any] = {
            "program": PROGRAM,
            "https_proxy": f"http://eu:segredo@{proxy.address}",
            "http_proxy": f"http://eu:segredo@{proxy.address}",
            "snapshot_wait_s": 0,
        }
        with ServiceProcess(
            tmp_path / "outside.log", shelves_url="https://estoque.test/api", **settings
        ) as outside:
            async with client() as session:
                refused, _ = await outside.get(session, TREE)
            await until(lambda: "A coleta" in outside.log)
        with ServiceProcess(
            tmp_path / "here.log",
            shelves_url=here.base_url,
            **{**settings, "snapshot_wait_s": 300},
        ) as service:
            async with client() as session:
                answer, _ = await service.get(session, TREE)

    assert refused.status == 503
    assert "WARNING" in outside.log
    assert f"o proxy http://{proxy.address} respondeu 403: confira se ele " in outside.log
    assert "segredo" not in outside.log + service.log
    assert "Traceback" not in outside.log
    assert answer.status == 200
