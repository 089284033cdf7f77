"""A service as a reverse proxy shows it: below a path prefix."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


def behind(prefix: str, app: ASGIApp, *, tells: bool) -> ASGIApp:
    """`app` behind a proxy that shows it below a prefix; a proxy that `tells` sets root_path."""

    async def proxied(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif not scope["path"].startswith(f"{prefix}/"):
            await PlainTextResponse("not here", 404)(scope, receive, send)
        elif tells:
            await app({**scope, "root_path": prefix}, receive, send)
        else:
            await app({**scope, "path": scope["path"].removeprefix(prefix)}, receive, send)

    return proxied
