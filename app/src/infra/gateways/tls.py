"""TLS as the upstream needs it, and which setting helps where it fails."""

from __future__ import annotations

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

# For so many seconds a session is resumed before a newer one is looked for.
SESSION_IS_NEW_S = 60.0

_NO_SECURE_RENEGOTIATION = "UNSAFE_LEGACY_RENEGOTIATION_DISABLED"


def tls_context(*, ca_file: Path | None, legacy_tls: bool) -> ssl.SSLContext:
    """A client context that always verifies certificate and host name.

    `ca_file` names a PEM bundle trusted besides the system's. `legacy_tls` allows servers
    without secure renegotiation (RFC 5746), which OpenSSL 3 refuses by default.

    Raises OSError (of which ssl.SSLError is one kind) where the file cannot be read as PEM.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    if legacy_tls:
        context.options |= _OP_LEGACY_SERVER_CONNECT
    context.sslobject_class = _resuming_connections()
    return context


def _resuming_connections() -> type[ssl.SSLObject]:
    """A class of connections to one server that resume each other's sessions.

    Of the five hundred that a collection opens, the server signs for one (RFC 5246, section 7.3;
    RFC 8446, section 2.2). `ssl` leaves it to its caller, and asyncio does not do it.
    """
    latest: ssl.SSLObject | None = None
    session: ssl.SSLSession | None = None
    looked_at = -math.inf

    class ResumingConnection(ssl.SSLObject):
        _has_begun = False

        def do_handshake(self) -> None:
            nonlocal latest, looked_at, session
            if not self._has_begun:  # it is called until the handshake is through
                self._has_begun = True
                # To look at a session takes as long as half a handshake, so not for each.
                if latest is not None and time.monotonic() - looked_at > SESSION_IS_NEW_S:
                    newest = latest.session
                    # One that can be resumed has an id; in TLS 1.3 it comes with the first answer.
                    if newest is not None and newest.id:
                        session, looked_at = newest, time.monotonic()
                if session is not None:
                    self.session = session
            super().do_handshake()
            latest = self  # before it is through, there is no session to look at

    return ResumingConnection


def tls_advice(error: BaseException) -> str | None:
    """Which setting mends this TLS failure, as a sentence for the log; None where none does.

    Looks along the causes of `error`, since aiohttp wraps what OpenSSL said: its own errors are
    of the same classes, but know neither `verify_code` nor `reason`.
    """
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "verify_code", None) in _INCOMPLETE_CHAIN:
            return (
                "a cadeia de certificados está incompleta ou a autoridade é desconhecida: "
                "aponte IBGE_CA_FILE para um arquivo PEM com o certificado que falta"
            )
        if getattr(cause, "reason", None) == _NO_SECURE_RENEGOTIATION:
            return (
                "o servidor não oferece renegociação segura: "
                "defina IBGE_LEGACY_TLS=true para aceitá-lo"
            )
        cause = cause.__cause__ or cause.__context__
    return None
