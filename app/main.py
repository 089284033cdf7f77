"""Starts the service: `python main.py`, or `uvicorn main:create_app` with options of your own."""

import gc
import sys

# The imports make a hundred thousand objects that stay. To look through them for garbage, while
# they are made and ever again, takes a tenth of the start's time; hence not before they are frozen.
gc.disable()
# FastAPI imports Pydantic's version 1, which takes 3 MB, to refuse its models. There are none here,
# and FastAPI goes without if that version cannot be imported, which None says.
sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]  # as the language has it

import uvicorn  # noqa: E402  # after the above

from src.entrypoints.api import create_app  # noqa: E402  # after the above
from src.entrypoints.features import load_settings  # noqa: E402  # after the above
from src.entrypoints.settings import APP_DIR  # noqa: E402  # after the above
from src.infra.process.log import configure_logging  # noqa: E402  # after the above

gc.freeze()
# A collection makes as many again. With Python's default of 700 young objects, looking through them
# takes a third of its time.
gc.set_threshold(20_000)
gc.enable()

__all__ = ["create_app", "serve"]

# A worker that does not answer the supervisor's health check within this many seconds is replaced.
# It cannot answer while it imports the code, which takes Windows longer than uvicorn's own 5 s if a
# virus scanner reads each file for the first time. The supervisor itself does not hear Ctrl+C while
# it waits for a frozen worker, so this is no longer than it has to be.
WORKER_ANSWERS_S = 30


def serve(app: str = "main:create_app") -> None:
    """Serves what this factory makes, as the settings of the environment say."""
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    # uvicorn either reloads or has several workers.
    reload = settings.server_reload and settings.server_workers == 1
    uvicorn.run(
        app,
        factory=True,
        host=settings.server_host,
        port=settings.server_port,
        reload=reload,
        reload_dirs=[str(APP_DIR)] if reload else None,
        workers=settings.server_workers,
        timeout_graceful_shutdown=3,
        access_log=settings.access_log,
        timeout_worker_healthcheck=WORKER_ANSWERS_S,
        log_config=None,
    )


if __name__ == "__main__":
    serve()
