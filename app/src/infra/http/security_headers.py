"""Headers that keep browsers from taking an answer for something else."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# For all that is data: no browser guesses its type, runs anything in it or frames it
# (OWASP REST Security Cheat Sheet, "Security Headers").
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}

# For the pages of this service: what they are made of comes from here, and nothing stands inline.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# For /docs and /redoc: FastAPI's pages start their scripts inline, the scripts write styles, and
# ReDoc runs a worker from a blob. Nothing comes from another host.
DOCUMENTATION_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; worker-src blob:; frame-ancestors 'none'"
)


class SecurityHeaders:
    """Sends all of `app`'s answers with these headers (Content Security Policy Level 3)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)  # the answer may have a policy of its own
            await send(message)

        await self._app(scope, receive, send_with_headers)
