"""The stand-in itself: a small HTTP/1.1 server that answers ready bytes.

It is written on asyncio.Protocol rather than on a web framework, so that it takes little of the
time that is measured against it: over 5,600 answers a second on one core.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import msgspec

from stand_in.content import Content, NoContent
from stand_in.faults import Behaviour, Fate, Fault, Kind

CONTROL_PATH = "/controle"

GARBAGE = b"<html><body><h1>Sistema em manuten\xc3\xa7\xc3\xa3o</h1></body></html>"

_NO_CONTENT = NoContent()


class Figures(msgspec.Struct):
    """What was seen since the start, or since the last reset."""

    requests: int = 0
    retries: int = 0
    connections: int = 0
    resumed_tls_sessions: int = 0
    open_connections: int = 0
    most_open_connections: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    most_in_flight_by_heading: dict[str, int] = msgspec.field(default_factory=dict)
    refused_by_rate: int = 0
    met_faults: int = 0
    user_agents: set[str] = msgspec.field(default_factory=set)

    @property
    def lists(self) -> int:
        """How many different lists were asked for; a request for a new list is no retry."""
        return self.requests - self.retries


class StandIn:
    """A server on loopback that answers as the upstream does; an async context manager.

    It answers with these contents, each below its own base path; faults and figures go by the path
    below that. Over HTTP it is controlled at CONTROL_PATH: GET returns the figures, PUT takes a
    Behaviour as JSON, DELETE resets the figures. `port` 0 picks a free one; `tls` makes it an HTTPS
    server. `host_name` is the name in its address, if that is not the host's.
    """

    def __init__(
        self,
        *contents: Content,
        behaviour: Behaviour | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.serve(*contents)
        self.figures = Figures()
        self.host_name = host
        self._host = host
        self._port = port
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._seen: dict[str, int] = {}
        self._in_flight: dict[str, int] = {}
        self._window = (0, 0)
        self._held: list[Callable[[], None]] = []
        self.behave(behaviour or Behaviour())

    @property
    def url(self) -> str:
        """The address, without the base path of any content."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self.host_name}:{self._port}"

    @property
    def control_url(self) -> str:
        """The address at which a running stand-in is controlled."""
        return self.url + CONTROL_PATH

    def behave(self, behaviour: Behaviour) -> None:
        """Behaves like this from the next request on."""
        self.behaviour = behaviour
        self._fate = Fate(behaviour.faults)
        held, self._held = self._held, []
        for meet in held:
            meet()

    def hold(self, meet: Callable[[], None]) -> None:
        """Calls `meet` as soon as the behaviour changes."""
        self._held.append(meet)

    def serve(self, *contents: Content) -> None:
        """Answers with these contents from the next request on."""
        prefixes = ((f"{content.base_path}/", content) for content in contents)
        # The longest first: one base path may begin with another.
        self._contents = sorted(prefixes, key=lambda each: -len(each[0]))

    def asked_for(self, path: str) -> int:
        """How many requests there were for this path below a base path."""
        return self._seen.get(path, 0)

    def reset_figures(self) -> None:
        """Counts from here on."""
        self._seen.clear()
        open_now = len(self._connections)
        self.figures = Figures(
            connections=open_now, open_connections=open_now, most_open_connections=open_now
        )

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop_listening()

    async def listen(self) -> None:
        """Accepts connections, at the same port as before if there was one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self), self._host, self._port, ssl=self._tls, backlog=1024
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop_listening(self) -> None:
        """Drops all connections and refuses new ones, as a server that is down does."""
        assert self._server is not None
        self._server.close()
        for connection in tuple(self._connections):
            connection.abort()
        await self._server.wait_closed()

    async def serve_forever(self) -> None:
        """Serves until cancelled."""
        assert self._server is not None
        await self._server.serve_forever()

    # Called by the connections. A connection that only controls is not counted.

    def opened(self, connection: _Connection) -> None:
        """Counts a connection with its first request to the upstream's paths."""
        if connection in self._connections:
            return
        self._connections.add(connection)
        figures = self.figures
        figures.connections += 1
        figures.resumed_tls_sessions += connection.has_resumed
        figures.open_connections = len(self._connections)
        figures.most_open_connections = max(figures.most_open_connections, figures.open_connections)

    def closed(self, connection: _Connection) -> None:
        """Counts a connection as closed."""
        self._connections.discard(connection)
        self.figures.open_connections = len(self._connections)

    def content_at(self, path: str) -> tuple[Content, str]:
        """The content that answers a request, and the path below its base path."""
        for prefix, content in self._contents:
            if path.startswith(prefix):
                return content, path[len(prefix) - 1 :]
        return _NO_CONTENT, path

    def began(self, path: str, heading: str, user_agent: str) -> None:
        """Counts a request, under this heading until `ended`."""
        figures = self.figures
        figures.requests += 1
        figures.user_agents.add(user_agent)
        seen = self._seen.get(path, 0)
        self._seen[path] = seen + 1
        figures.retries += seen > 0
        figures.in_flight += 1
        figures.most_in_flight = max(figures.most_in_flight, figures.in_flight)
        in_flight = self._in_flight.get(heading, 0) + 1
        self._in_flight[heading] = in_flight
        most = figures.most_in_flight_by_heading
        most[heading] = max(most.get(heading, 0), in_flight)

    def ended(self, heading: str) -> None:
        """Counts a request under this heading as answered, or as lost with its connection."""
        self._in_flight[heading] -= 1
        self.figures.in_flight -= 1

    def fault_for(self, path: str) -> Fault | None:
        """The fault for a request to this path, if any."""
        behaviour = self.behaviour
        if behaviour.max_rps:
            second = int(time.monotonic())
            count = self._window[1] + 1 if self._window[0] == second else 1
            self._window = (second, count)
            if count > behaviour.max_rps:
                self.figures.refused_by_rate += 1
                return Fault(kind=Kind.STATUS, status=429, retry_after=behaviour.retry_after)
        fault = self._fate.of(path)
        self.figures.met_faults += fault is not None
        return fault

    def control(self, method: str, body: bytes) -> tuple[int, bytes]:
        """Status and body for a request at CONTROL_PATH."""
        if method == "PUT":
            try:
                self.behave(msgspec.json.decode(body, type=Behaviour))
            except ValueError as exc:
                return 400, str(exc).encode()
        elif method == "DELETE":
            self.reset_figures()
        return 200, msgspec.json.encode(self.figures)


class _Connection(asyncio.Protocol):
    """One connection: requests are answered in turn, each after the set latency."""

    def __init__(self, upstream: StandIn) -> None:
        self._upstream = upstream
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self._heading: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.has_resumed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        self.has_resumed = tls is not None and bool(tls.session_reused)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._end()
        if self._timer is not None:
            self._timer.cancel()
        self._upstream.closed(self)

    def abort(self) -> None:
        """Drops the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        request_line, *header_lines = head.decode("latin-1").split("\r\n")
        method, target, _ = request_line.split(" ", 2)
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in header_lines)
        }
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return
        self._received = rest[length:]
        path = unquote(target)
        if path == CONTROL_PATH:
            self._answer(*self._upstream.control(method, rest[:length]))
            return
        content, path = self._upstream.content_at(path)
        self._heading = content.heading(path)
        self._upstream.opened(self)
        self._upstream.began(path, self._heading, headers.get("user-agent", ""))
        latency_s = self._upstream.behaviour.latency_s
        self._timer = self._loop.call_later(latency_s, self._meet, content, path)

    def _meet(self, content: Content, path: str) -> None:
        """Answers, or lets the fault that is due happen."""
        if self._transport is None:  # gone while it was held
            return
        fault = self._upstream.fault_for(path)
        match fault.kind if fault else None:
            case None:
                if self._upstream.behaviour.changing:
                    content.change(path)
                body = content.body(path)
                self._answer(200 if body is not None else 404, body or b"")
            case Kind.STATUS:
                assert fault is not None
                self._answer(fault.status, b"", retry_after=fault.retry_after)
            case Kind.GARBAGE:
                self._answer(200, GARBAGE, content_type="text/html")
            case Kind.CUT:
                body = content.body(path) or b"[]"
                self._answer(200, body[: len(body) // 2], length=len(body))
                self._transport.close()
            case Kind.RESET:
                self._reset()
            case Kind.SILENCE:
                pass
            case Kind.HELD:
                self._upstream.hold(lambda: self._meet(content, path))
            case kind:
                assert kind is not None
                body = content.spoilt_body(path, kind)
                self._answer(200 if body is not None else 404, body or b"")

    def _answer(
        self,
        status: int,
        body: bytes,
        *,
        content_type: str = "application/json; charset=utf-8",
        length: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        assert self._transport is not None
        self._end()
        retry = f"Retry-After: {retry_after}\r\n" if retry_after is not None else ""
        head = (
            f"HTTP/1.1 {status} -\r\nContent-Type: {content_type}\r\n{retry}"
            f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
        )
        self._transport.write(head.encode() + body)

    def _reset(self) -> None:
        """Closes with a TCP reset (RST) instead of an orderly end (FIN)."""
        assert self._transport is not None
        sock = self._transport.get_extra_info("socket")
        on, seconds = 1, 0
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", on, seconds)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()

    def _end(self) -> None:
        if self._heading is not None:
            self._upstream.ended(self._heading)
            self._heading = None
