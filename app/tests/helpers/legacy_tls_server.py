"""A real TLS server without secure renegotiation, as was seen at the upstream."""

import socket
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import trustme
from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.constants import CipherSuite, ExtensionType


class _NoSecureRenegotiation(TLSConnection):  # type: ignore[misc]  # tlslite has no types
    """A server side that ignores what a client says of RFC 5746, and so does not answer it.

    Python's own ssl module cannot leave that out; tlslite's handshake is Python and can. Only the
    parsed ClientHello is changed: the handshake's hash is made from the bytes on the wire.
    """

    def _serverGetClientHello(self, *args: Any, **kwargs: Any) -> Iterator[Any]:  # noqa: N802  # its name
        for result in super()._serverGetClientHello(*args, **kwargs):
            if isinstance(result, tuple):
                hello = result[0]
                hello.extensions = [
                    extension
                    for extension in hello.extensions
                    if extension.extType != ExtensionType.renegotiation_info
                ]
                hello.cipher_suites = [
                    suite
                    for suite in hello.cipher_suites
                    if suite != CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV
                ]
            yield result


class LegacyTlsServer:
    """Answers every GET with the same JSON over TLS 1.2, one connection after another, in a thread.

    `certificate` needs an RSA key; `body` is the body of the answer.
    """

    def __init__(self, certificate: trustme.LeafCert, body: bytes) -> None:
        pems = b"".join(pem.bytes() for pem in certificate.cert_chain_pems).decode()
        self._chain = X509CertChain()
        self._chain.parsePemList(pems)
        self._key = parsePEMKey(certificate.private_key_pem.bytes().decode(), private=True)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self._answer = head.encode() + body
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def base_url(self) -> str:
        """The address to ask at."""
        return f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A last connection wakes the thread from accept(); an empty answer tells it to end.
        self._answer = b""
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        settings = HandshakeSettings()
        settings.maxVersion = (3, 3)
        while True:
            client, _ = self._listener.accept()
            with client:
                if not self._answer:
                    return
                client.settimeout(5)
                connection = _NoSecureRenegotiation(client)
                try:
                    connection.handshakeServer(
                        certChain=self._chain, privateKey=self._key, settings=settings
                    )
                    connection.read(min=1, max=65_536)
                    connection.write(self._answer)
                    connection.close()
                except Exception:  # noqa: BLE001, S112  # a client may refuse
                    continue
