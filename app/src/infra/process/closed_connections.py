"""What the log says of connections that the service closes: each reason once an episode."""

import logging

from src.infra.http.episodes import Episodes

log = logging.getLogger(__name__)

episodes = Episodes()


def log_closed(client: tuple[str, int] | None, level: int, why: str, figure: float) -> None:
    """Log on this level that the client's connection is closed, unless others were just now.

    `why` is in Portuguese, with a place for the `figure`.
    """
    if episodes.begins((level, why)):
        log.log(level, "Conexão de %s fechada: %s", client[0] if client else "?", why % figure)
