"""The first answer of a service without data, beside programs that collect the same tree."""

import tempfile
from pathlib import Path

import trustme

from bench.measuring import Row, medians
from bench.programs import run, stand_in

CITY, STATE = "service, city plan", "service, state plan"
UNWATCHED = "service, city plan, nobody counting"
BARE = "a bare aiohttp loop"
NAIVE = "a naive FastAPI service"


def cold_rows(runs: int) -> list[Row]:
    """Both plans at 100 ms latency, and the city plan over TLS."""
    with stand_in(latency_ms=100) as base_url:
        clear = _seconds(base_url, runs, variants=True)
    with tempfile.TemporaryDirectory() as folder:
        authority, certificate = _certificate(Path(folder))
        with stand_in(latency_ms=100, certificate=certificate) as base_url:
            tls = _seconds(base_url, runs, SSL_CERT_FILE=str(authority))
    city, state, over_tls = clear[CITY], clear[STATE], tls[CITY]
    return [
        Row("cold, city plan", BARE, city, clear[BARE], "s", at_most=1.1),
        Row("cold, city plan", NAIVE, city, clear[NAIVE], "s", at_most=1 / 2),
        Row(
            "cold, city plan, progress counted",
            "nobody counting",
            city,
            clear[UNWATCHED],
            "s",
            at_most=1.02,
        ),
        Row("cold, state plan", BARE, state, clear[BARE], "s", at_most=0.25),
        Row("cold, state plan", NAIVE, state, clear[NAIVE], "s"),
        Row("cold, city plan, TLS", BARE, over_tls, tls[BARE], "s"),
        Row("cold, city plan, TLS", NAIVE, over_tls, tls[NAIVE], "s", at_most=1 / 3.5),
    ]


def _seconds(
    base_url: str, runs: int, *, variants: bool = False, **settings: str
) -> dict[str, float]:
    settings = {**settings, "IBGE_BASE_URL": base_url}

    def service(plan: str, app: str = "main:create_app") -> float:
        return run("first_answer", app, **settings, IBGE_PLAN=plan)["seconds"]

    programs = {
        CITY: lambda: service("city"),
        BARE: lambda: run("bare_loop", base_url, **settings)["seconds"],
        NAIVE: lambda: run("first_answer", "bench.naive:app", **settings)["seconds"],
    }
    if variants:
        programs[UNWATCHED] = lambda: service("city", "bench.unwatched:create_app")
        programs[STATE] = lambda: service("state")
    return medians(programs, runs)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Files with our own authority, and with a server's key and the chain that it has signed."""
    authority = trustme.CA(key_type=trustme.KeyType.RSA)
    issued = authority.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return folder / "authority.pem", folder / "server.pem"
