"""The proxy on the way to an upstream, for networks that have no other way out."""

import base64
import ipaddress
from dataclasses import dataclass, field
from typing import Self

from yarl import URL


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is asked in HTTP: to forward requests, or to open a tunnel for TLS."""

    host: str
    port: int
    setting: str  # the variable that names it, for advice in errors
    user: str | None = None
    password: str | None = None

    @classmethod
    def at(cls, address: str, setting: str) -> Self:
        """The proxy at this address, in which user and password may stand before an @."""
        url = URL(address)
        return cls(url.host or "", url.port or 80, setting, url.user, url.password)

    def __str__(self) -> str:
        """Its address without user and password, for the log."""
        return str(URL.build(scheme="http", host=self.host, port=self.port))

    def __repr__(self) -> str:
        return f"Proxy({self})"

    @property
    def url(self) -> URL:
        """Its address as aiohttp needs it, which takes the letters of a password for bytes."""
        return URL.build(
            scheme="http",
            host=self.host,
            port=self.port,
            user=_bytes_as_letters(self.user),
            password=_bytes_as_letters(self.password),
        )

    @property
    def headers(self) -> dict[str, str]:
        """What it has to be sent with each request, for clients that leave this to their caller."""
        if self.user is None:
            return {}
        credentials = f"{self.user}:{self.password or ''}".encode()
        return {"Proxy-Authorization": f"Basic {base64.b64encode(credentials).decode()}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """Which upstream is behind which proxy: the rule of HTTP_PROXY, HTTPS_PROXY and NO_PROXY.

    `http` and `https` are the addresses of the proxies for upstreams with these schemes; empty for
    none. `without` lists hosts that need none, separated by commas: names, of which all names below
    are meant, too, addresses, both with or without a port, networks like `10.0.0.0/8`, or `*` for
    all.

    An upstream on this machine, like a stand-in, is never behind a proxy.
    """

    http: str = field(default="", repr=False)  # it may have a password
    https: str = field(default="", repr=False)
    without: str = ""

    def on_the_way_to(self, upstream_url: str) -> Proxy | None:
        """The proxy through which the upstream at this address is asked; None for none."""
        upstream = URL(upstream_url)
        is_https = upstream.scheme == "https"
        address = self.https if is_https else self.http
        if not address or _is_here(upstream) or self._does_without(upstream):
            return None
        return Proxy.at(address, "HTTPS_PROXY" if is_https else "HTTP_PROXY")

    def _does_without(self, upstream: URL) -> bool:
        # An IPv6 address has brackets if a port follows, and perhaps if none does.
        bracketed = upstream.host_subcomponent or ""
        names = [upstream.host or "", bracketed, f"{bracketed}:{upstream.port}"]
        entries = [each.strip().lower() for each in self.without.split(",")]
        domains = [entry.removeprefix("*").lstrip(".") for entry in entries]  # as people write them
        if "*" in entries or any(_is_in(upstream.host or "", entry) for entry in entries):
            return True
        return any(
            name == domain or name.endswith(f".{domain}")
            for domain in filter(None, domains)
            for name in names
        )


def through(proxy: Proxy | None) -> str:
    """Which proxy may be the cause, at the end of an error that does not say; empty for none."""
    return f", através do proxy {proxy}" if proxy else ""


def _is_in(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:  # a name has no network
        return False


def _is_here(upstream: URL) -> bool:
    host = upstream.host or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761, section 6.3


def _bytes_as_letters(text: str | None) -> str | None:
    """The letters that become the text's bytes in UTF-8 if each is encoded as one, as aiohttp does.

    So a password may have any letters (RFC 7617, section 2.1).
    """
    return None if text is None else text.encode().decode("latin-1")
