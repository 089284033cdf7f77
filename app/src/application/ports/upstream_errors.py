"""The errors that a gateway to an upstream may raise."""

# For how many seconds an upstream is left alone at most, however long it asks for.
LONGEST_REST_S = 3600.0


class UpstreamError(Exception):
    """The upstream did not give what was asked of it; the cause is kept in `__cause__`.

    `may_pass` says whether the same request, made again in a moment, may fare better, `is_refusal`
    whether too much was asked at once, and `retry_after_s` for how many seconds the upstream asks
    to be left alone, if it does.
    """

    may_pass = True
    is_refusal = False
    retry_after_s: float | None = None


class UpstreamConnectionError(UpstreamError):
    """There was no connection, or it broke off before the answer was whole."""


class UpstreamUnreachableError(UpstreamConnectionError):
    """Nobody took the first connection of all in time: a wrong address, or no network."""

    may_pass = False


class UpstreamTlsError(UpstreamConnectionError):
    """There is a server, but no connection to it that can be trusted."""

    may_pass = False


class UpstreamProxyError(UpstreamConnectionError):
    """The proxy on the way to the upstream cannot be reached, or does not let through."""

    def __init__(self, message: str, *, may_pass: bool = True) -> None:
        super().__init__(message)
        self.may_pass = may_pass


class UpstreamTimeoutError(UpstreamError):
    """The whole answer did not arrive in time."""


class UpstreamStatusError(UpstreamError):
    """The upstream answered another status than 200.

    `retry_after_s` is its Retry-After in seconds, if it sent one.
    """

    def __init__(self, message: str, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s
        self.may_pass = status in {408, 429} or status >= 500
        self.is_refusal = status in {429, 503}  # RFC 6585, section 4; RFC 9110, section 15.6.4


class UpstreamTooMuchError(UpstreamError):
    """The answers under way are longer together than this process may hold."""

    is_refusal = True


class UpstreamMalformedError(UpstreamError):
    """The answer is no JSON, or not what was asked for."""


class UpstreamUnavailableError(UpstreamError):
    """The upstream was not asked, since nearly all it was asked before has failed."""

    may_pass = False


class UpstreamRestsError(UpstreamError):
    """The upstream was not asked, since it wants to be left alone for `retry_after_s` seconds."""

    may_pass = False

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
