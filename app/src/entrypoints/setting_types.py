"""Kinds of settings that the settings of several features have."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, FilePath, HttpUrl, TypeAdapter

from src.infra.gateways.tls import tls_context


def _http_url(value: str) -> str:
    url = TypeAdapter(HttpUrl).validate_python(value)
    if url.query is not None or url.fragment is not None:
        raise ValueError("paths are put at its end")
    (url.host or "").encode("idna")  # raises UnicodeError, a ValueError, for `a..b`
    return str(url).rstrip("/")


def _ca_file(value: Path) -> Path:
    try:
        tls_context(ca_file=value, legacy_tls=False)
    except OSError as exc:
        raise ValueError("not a PEM bundle") from exc
    return value


# An address that paths are put at the end of, without its last slash.
BaseUrl = Annotated[str, AfterValidator(_http_url)]

# A file with certificates in PEM.
CaFile = Annotated[FilePath, AfterValidator(_ca_file)]
