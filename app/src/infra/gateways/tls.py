"""TLS as the upstream needs it, and which setting helps if it fails."""

import math
import ssl
import time
from pathlib import Path

# ssl.OP_LEGACY_SERVER_CONNECT has no name before Python 3.12; the value is OpenSSL's
# SSL_OP_LEGACY_SERVER_CONNECT.
_OP_LEGACY_SERVER_CONNECT = 0x4

# OpenSSL's X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY and
# X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: the chain the server sent ends before a known root.
_INCOMPLETE_CHAIN = {20, 21}

# How long a session is resumed before looking for a newer one, in seconds.
SESSION_IS_NEW_S = 60.0

# If no handshake succeeds this long after offering a session, in seconds, stop offering it.
NOT_WORKING_AFTER_S = 60.0

_NO_SECURE_RENEGOTIATION = "UNSAFE_LEGACY_RENEGOTIATION_DISABLED"


def tls_context(*, ca_file: Path | None, legacy_tls: bool) -> ssl.SSLContext:
    """A client context that always verifies certificate and host name.

    `ca_file` names a PEM bundle trusted besides the system's. `legacy_tls` allows servers
    without secure renegotiation (RFC 5746), which OpenSSL 3 refuses by default.

    Raises OSError (of which ssl.SSLError is one kind) if the file cannot be read as PEM.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    if legacy_tls:
        context.options |= _OP_LEGACY_SERVER_CONNECT
    context.sslobject_class = _resuming_connections()
    return context


class _LastSession:
    """The newest session with the upstream that another connection may resume.

    Of the five hundred connections of a collection, the server signs for one (RFC 5246, section
    7.3; RFC 8446, section 2.2). `ssl` leaves that to its caller, and asyncio does not do it.
    """

    def __init__(self, *, not_working_after_s: float = NOT_WORKING_AFTER_S) -> None:
        self._not_working_after_s = not_working_after_s
        self._session: ssl.SSLSession | None = None
        self._latest: ssl.SSLObject | None = None
        self._looked_at = -math.inf
        self._offered_at = math.inf
        self._is_trusted = True

    def to_offer(self) -> ssl.SSLSession | None:
        """The session for the handshake that begins, if any."""
        now = time.monotonic()
        if now - self._offered_at > self._not_working_after_s:
            self._is_trusted = False  # the server cannot do it, or worse: without, it may be well
        # To look at a session takes as long as half a handshake, so not for each.
        if self._latest is not None and now - self._looked_at > SESSION_IS_NEW_S:
            newest = self._latest.session
            # One that can be resumed has an id; in TLS 1.3 it comes with the first answer.
            if newest is not None and newest.id:
                self._session, self._looked_at = newest, now
        if self._session is None or not self._is_trusted:
            return None
        self._offered_at = min(self._offered_at, now)
        return self._session

    def through(self, connection: ssl.SSLObject, offered: ssl.SSLSession | None) -> None:
        """A handshake has got through; the server may have refused the session, and made a new."""
        self._latest = connection
        self._offered_at = math.inf
        if offered is not None and offered is self._session and not connection.session_reused:
            self._session, self._looked_at = None, -math.inf


def _resuming_connections() -> type[ssl.SSLObject]:
    """A class of connections to one server that resume each other's sessions."""
    last_session = _LastSession()

    class ResumingConnection(ssl.SSLObject):
        _has_begun = False
        _offered: ssl.SSLSession | None = None

        def do_handshake(self) -> None:
            if not self._has_begun:  # it is called until the handshake is through
                self._has_begun = True
                self._offered = last_session.to_offer()
                if self._offered is not None:
                    self.session = self._offered
            super().do_handshake()
            last_session.through(self, self._offered)

    return ResumingConnection


def tls_advice(error: BaseException, *, settings: str) -> str | None:
    """Which setting mends this TLS failure, as a sentence for the log; None if none does.

    `settings` is what the names of the upstream's settings begin with, e.g. "CARS_"; empty if it
    has none.

    Looks along the causes of `error`, since aiohttp wraps what OpenSSL said: its own errors are of
    the same classes, but know neither `verify_code` nor `reason`.
    """
    cause: BaseException | None = error if settings else None
    while cause is not None:
        if getattr(cause, "verify_code", None) in _INCOMPLETE_CHAIN:
            return (
                "a cadeia de certificados está incompleta ou a autoridade é desconhecida: "
                f"aponte {settings}CA_FILE para um arquivo PEM com o certificado que falta"
            )
        if getattr(cause, "reason", None) == _NO_SECURE_RENEGOTIATION:
            return (
                "o servidor não oferece renegociação segura: "
                f"defina {settings}LEGACY_TLS=true para aceitá-lo"
            )
        cause = cause.__cause__ or cause.__context__
    return None
