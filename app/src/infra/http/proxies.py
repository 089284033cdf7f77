"""How a request shows that a proxy has passed it on."""

import re
from collections.abc import Iterable

# What proxies, tunnels and content delivery networks add to a request, and clients do not.
_ADDED_BY_PROXIES = re.compile(
    "forwarded|proxy"  # RFC 7239, and the X-Forwarded-For, -Proto and -Host before it
    "|(client|connecting|original|originating|real|remote|source)-?(addr|for|host|ip|ur[il])"
    "|^(via|cdn-loop|surrogate-capability|x-(cloud-trace-context|host|scheme|varnish))$"
    "|^(cf|cloudfront|fastly|fly|tailscale|x-(amzn?|appengine|arr|azure|envoy))-"
)


def names_a_proxy(headers: Iterable[str]) -> bool:
    """Whether one of a request's headers, by its name in lower case, is a proxy's."""
    return any(map(_ADDED_BY_PROXIES.search, headers))
