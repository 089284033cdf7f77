"""The address of a master that Sentinels know: `redis+sentinel://…`, or with TLS `rediss+…`.

redis-py has no such form; this is the one of Redis-Sentinel-Url and what came after it.
"""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote

from pydantic_core import MultiHostUrl

SENTINEL_SCHEMES = frozenset({"redis+sentinel", "rediss+sentinel"})

# Where Sentinels listen if an address names no port.
SENTINEL_PORT = 26_379

_OPTIONS = {"sentinel_username", "sentinel_password"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentinelAddress:
    """`redis+sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT],…/MASTER[/DATABASE]`.

    User and password are those of master and replicas. The Sentinels have none, or their own as
    options: `?sentinel_username=…&sentinel_password=…`.
    """

    sentinels: list[tuple[str, int]]  # host and port of each
    master: str  # its name among the Sentinels
    database: int
    has_tls: bool  # to the Sentinels, too
    username: str | None
    password: str | None = field(repr=False)
    sentinel_username: str | None
    sentinel_password: str | None = field(repr=False)

    @classmethod
    def parse(cls, address: str) -> Self:
        """The parts of the address. Raises ValueError if it has not this form."""
        url = MultiHostUrl(address)
        first, *others = url.hosts()
        options = dict(url.query_params())
        path = (url.path or "").removeprefix("/")
        master, _, database = path.partition("/")
        if url.scheme not in SENTINEL_SCHEMES or not master or url.fragment is not None:
            raise ValueError("no Sentinels, or no name of a master")
        if len(options) < len(url.query_params()) or not options.keys() <= _OPTIONS:
            raise ValueError("unknown options")
        if any(each["username"] or each["password"] for each in others):
            raise ValueError("a user in the middle")
        if database and not (database.isascii() and database.isdigit()):
            raise ValueError("a database is a number")
        return cls(
            sentinels=[
                ((each["host"] or "").strip("[]"), each["port"] or SENTINEL_PORT)
                for each in (first, *others)
            ],
            master=unquote(master),
            database=int(database or 0),
            has_tls=url.scheme.startswith("rediss"),
            username=_decoded(first["username"]),
            password=_decoded(first["password"]),
            sentinel_username=options.get("sentinel_username"),
            sentinel_password=options.get("sentinel_password"),
        )


def _decoded(text: str | None) -> str | None:
    return unquote(text) if text else None
