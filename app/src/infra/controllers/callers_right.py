"""Who may ask for what is not for everybody, such as a refresh."""

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from src.infra.http.local_users import is_another_users, is_loopback
from src.infra.http.proxies import names_a_proxy

_NOT_FROM_HERE = (
    "Não é permitido pedir a partir deste endereço: sem {0}, só na máquina do próprio "
    "serviço, em http://localhost. Para pedir daqui, defina {0} no serviço."
)
_NOT_THROUGH_A_PROXY = (
    "O pedido parece ter passado por um proxy: sem {0}, só é permitido pedir na máquina "
    "do próprio serviço, sem proxy e em HTTP/1.1. Para pedir através do proxy, defina "
    "{0} no serviço."
)
_NOT_FROM_ANOTHER_USER = (
    "O pedido vem de um processo de outro usuário desta máquina, que pode ser um proxy. Peça com o "
    "usuário do serviço (sudo -u), ou defina {0} no serviço."
)
_NOT_FROM_ANOTHER_SITE = (
    "Uma página de outro site não pode {1} sem token: peça na página deste serviço, "
    "ou defina {0} no serviço."
)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the right is for: the setting of its token, and in Portuguese what callers want."""

    setting: str
    to: str  # a verb and its object
    realm: str  # of the token (RFC 9110, section 11.5)


REFRESHING = Purpose("REFRESH_TOKEN", "pedir uma coleta", "coletas")
READING_METRICS = Purpose("METRICS_TOKEN", "ler as métricas", "metricas")


class NotAuthenticatedError(Exception):
    """A bearer token is needed for this purpose, and this request has none or another."""

    def __init__(self, purpose: Purpose = REFRESHING, *, has_token: bool) -> None:
        super().__init__()
        self.purpose = purpose
        self.has_token = has_token


class NotPermittedError(Exception):
    """This client may not ask; the message says why, in Portuguese."""

    def __init__(self, purpose: Purpose = REFRESHING, why: str = _NOT_FROM_HERE) -> None:
        super().__init__(why.format(purpose.setting, purpose.to))


class CallersRight:
    """The right to ask: a bearer token (RFC 6750), or where there is none, being on this machine.

    `token` is what has to be sent; where it is empty, only clients on the loopback may ask, and
    none that came through a proxy: those look as if they were on this machine. A proxy that looks
    like a client in every respect still runs as another user, as far as the system tells.
    """

    def __init__(self, token: str, purpose: Purpose = REFRESHING) -> None:
        self._token = token.encode()
        self._purpose = purpose

    @property
    def needs_token(self) -> bool:
        """Whether a token is asked for."""
        return bool(self._token)

    def require(self, request: Request) -> None:
        """Raises NotAuthenticatedError or NotPermittedError where the client may not ask."""
        if self._token:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            is_bearer = scheme.lower() == "bearer"
            # In constant time, so that its length of agreement cannot be measured.
            if not (is_bearer and hmac.compare_digest(token.strip().encode(), self._token)):
                raise NotAuthenticatedError(self._purpose, has_token=is_bearer)
        elif _is_through_a_proxy(request):
            raise NotPermittedError(self._purpose, _NOT_THROUGH_A_PROXY)
        elif not _is_here(request):
            raise NotPermittedError(self._purpose)
        elif _is_another_sites(request):
            raise NotPermittedError(self._purpose, _NOT_FROM_ANOTHER_SITE)
        elif request.client is not None and _is_another_users(request.client.port, request):
            raise NotPermittedError(self._purpose, _NOT_FROM_ANOTHER_USER)


def _is_through_a_proxy(request: Request) -> bool:
    """Whether a proxy shows itself; one that adds nothing and speaks HTTP/1.1 cannot be told.

    HTTP/1.0 is what nginx speaks to a server behind it unless told otherwise, up to 1.29.6, and
    hardly any client any more.
    """
    is_old = request.scope["http_version"] in {"0.9", "1.0"}
    return is_old or names_a_proxy(request.headers)


def _is_here(request: Request) -> bool:
    """Whether a client on this machine asks, by an address that cannot be anybody else's.

    A page of a host name that its owner points here (DNS rebinding) does not count as local.
    """
    client = request.client.host if request.client is not None else ""
    try:
        # Not by request.url, which makes up for a Host that cannot be read.
        asked = urlsplit(f"//{request.headers.get('host', '')}")
    except ValueError:
        return False
    host = asked.hostname if asked.username is None and asked.hostname else ""
    return is_loopback(client) and (host == "localhost" or is_loopback(host))


def _is_another_users(client_port: int, request: Request) -> bool:
    _, server_port = request.scope.get("server") or ("", None)
    return server_port is not None and is_another_users(client_port, server_port)


def _is_another_sites(request: Request) -> bool:
    """Whether a browser says that another site's page asks in its user's name.

    By Fetch Metadata Request Headers, section 2.4, or by Origin (RFC 6454, section 7), which older
    browsers send, too.
    """
    site = request.headers.get("sec-fetch-site", "none")
    host = request.headers.get("host", "")
    own = {f"http://{host}", f"https://{host}"}
    return site not in {"none", "same-origin"} or not set(request.headers.getlist("origin")) <= own
