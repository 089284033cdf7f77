"""The settings: environment variables or `app/.env`, read once, typed and bounded."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    FilePath,
    HttpUrl,
    RedisDsn,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from src.infra.gateways.origins import is_same_origin
from src.infra.gateways.tls import tls_context
from src.infra.storage.redis_address import SENTINEL_SCHEMES, SentinelAddress

if TYPE_CHECKING:
    from src.infra.gateways.proxy import Proxies

S = TypeVar("S", bound=BaseSettings)

APP_DIR = Path(__file__).resolve().parents[2]

# uvicorn's own code for "failed before it served"; its supervisor of several workers stops at
# it, and restarts a worker that ends with any other.
STARTUP_FAILURE = 3

# scheme://host[:port], as browsers send it (RFC 6454, section 6.2).
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")

# What a bearer token may consist of (RFC 6750, section 2.1).
_TOKEN = re.compile(r"(?=.{1,200}\Z)[A-Za-z0-9._~+/-]+=*")


def _store_address(value: str) -> str:
    scheme, _, rest = value.partition(":")
    if scheme in SENTINEL_SCHEMES:
        SentinelAddress.parse(value)
    elif scheme in {"redis", "rediss"}:
        url = TypeAdapter(RedisDsn).validate_python(value)
        if url.query is not None:
            raise ValueError("no options")
        if not re.fullmatch(r"(/[0-9]*)?", url.path or ""):
            raise ValueError("a database is a number")  # redis-py would take the first
    elif not (scheme == "file" and rest) and value != "memory:":
        raise ValueError("no such store")
    return value


def _origins(value: str) -> str:
    origins = [each.strip() for each in value.split(",") if each.strip()]
    if any(each != "*" and not _ORIGIN.fullmatch(each) for each in origins):
        raise ValueError("not an origin")
    return ",".join(origins)


def _token(value: str) -> str:
    if value and not _TOKEN.fullmatch(value):
        raise ValueError("cannot be sent as a bearer token")
    return value


def _http_url(value: str) -> str:
    url = TypeAdapter(HttpUrl).validate_python(value)
    if url.query is not None or url.fragment is not None:
        raise ValueError("paths are put at its end")
    (url.host or "").encode("idna")  # raises UnicodeError, a ValueError, for `a..b`
    return str(url).rstrip("/")


def _control_url(value: str) -> str:
    if not value:
        return ""
    url = _http_url(value)
    if not url.startswith("http://"):
        raise ValueError("the stand-in is controlled without TLS")
    return url


def _proxy_address(value: str) -> str:
    """The address with its scheme, which many leave out."""
    if not value:
        return ""
    url = TypeAdapter(HttpUrl).validate_python(value if "://" in value else f"http://{value}")
    if url.scheme != "http" or url.path != "/" or url.query is not None or url.fragment is not None:
        raise ValueError("neither TLS nor SOCKS is spoken with a proxy")
    return str(url)


def _ca_file(value: Path) -> Path:
    try:
        tls_context(ca_file=value, legacy_tls=False)
    except OSError as exc:
        raise ValueError("not a PEM bundle") from exc
    return value


# Kinds of settings that several features may have: an address that paths are put at the end of,
# without its last slash, and a file with certificates in PEM.
BaseUrl = Annotated[
    str,
    AfterValidator(_http_url),
    Field(description="um endereço http:// ou https://, sem ? nem #"),
]
CaFile = Annotated[
    Annotated[FilePath, AfterValidator(_ca_file)] | None,
    Field(description="um arquivo existente com certificados em PEM"),
]

_ProxyAddress = Annotated[
    str,
    AfterValidator(_proxy_address),
    Field(
        repr=False,
        description="o endereço http:// de um proxy, como http://usuario:senha@proxy:3128; na "
        "senha, %40 no lugar de @, %23 no de # etc.",
    ),
]
# Set but empty, as by `${PORT:-}`, is not set.
_EMPTY_IS_UNSET = BeforeValidator(lambda value: None if value == "" else value)

_Port = Annotated[int, Field(ge=1, le=65_535)]
_Workers = Annotated[int, Field(ge=1, le=64)]


class ServiceSettings(BaseSettings):
    """What every service has; a feature adds its own.

    Each field's description says what is allowed, for the error message.
    """

    model_config = SettingsConfigDict(
        env_file=APP_DIR / ".env",
        extra="ignore",
        frozen=True,
        defer_build=True,  # of the classes that extend each other, only the last is needed
    )

    snapshot_store: Annotated[str, AfterValidator(_store_address)] = Field(
        default="file:.data",
        description="file:PASTA, memory:, redis:// ou rediss://SERVIDOR (sem ?), redis+sentinel:// "
        "ou rediss+sentinel://SENTINELA,SENTINELA/MESTRE",
    )
    redis_ca_file: CaFile = None
    snapshot_ttl_s: float = Field(
        default=86_400, ge=0, le=31_536_000, description="segundos, de 0 a 31536000"
    )
    snapshot_wait_s: float = Field(default=30, ge=0, le=300, description="segundos, de 0 a 300")
    refresh_min_interval_s: float = Field(
        default=60, ge=0, le=86_400, description="segundos, de 0 a 86400"
    )
    refresh_token: Annotated[str, AfterValidator(_token)] = Field(
        default="",
        repr=False,
        description="até 200 letras, algarismos e - . _ ~ + /, com = só no fim",
    )
    metrics_token: Annotated[str, AfterValidator(_token)] = Field(
        default="",
        repr=False,
        description="até 200 letras, algarismos e - . _ ~ + /, com = só no fim",
    )
    # The usual variables; they may be in small letters, too.
    https_proxy: _ProxyAddress = ""
    http_proxy: _ProxyAddress = ""
    no_proxy: str = Field(
        default="", description="servidores ou redes, separados por vírgulas, ou *"
    )
    experiments_url: Annotated[str, AfterValidator(_control_url)] = Field(
        default="", description="o endereço http:// em que o servidor simulado é controlado"
    )
    cors_origins: Annotated[str, AfterValidator(_origins)] = Field(
        default="", description="* ou origens como https://exemplo.br, separadas por vírgulas"
    )
    server_host: str = Field(default="0.0.0.0", min_length=1, description="um endereço local")  # noqa: S104  # a development server that others on the network can try
    # Platforms set these two. There, code changes by a new release only: nothing to reload for.
    port: Annotated[_Port | None, _EMPTY_IS_UNSET] = Field(
        default=None, description="um inteiro de 1 a 65535"
    )
    web_concurrency: Annotated[_Workers | None, _EMPTY_IS_UNSET] = Field(
        default=None, description="um inteiro de 1 a 64"
    )
    server_port: _Port = Field(
        default_factory=lambda others: others.get("port") or 8001,
        description="um inteiro de 1 a 65535",
    )
    server_workers: _Workers = Field(
        default_factory=lambda others: others.get("web_concurrency") or 1,
        description="um inteiro de 1 a 64",
    )
    server_reload: bool = Field(
        default_factory=lambda others: not (others.get("port") or others.get("web_concurrency")),
        description="true ou false",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING, ERROR ou CRITICAL"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="text ou json")
    access_log: bool = Field(default=True, description="true ou false")

    @property
    def proxies(self) -> "Proxies":
        """Which upstream is asked through which proxy."""
        from src.infra.gateways.proxy import Proxies  # noqa: PLC0415  # for the first collection

        return Proxies(http=self.http_proxy, https=self.https_proxy, without=self.no_proxy)

    @model_validator(mode="after")
    def _experiments_are_with_the_stand_in(self) -> Self:
        for name, field in type(self).model_fields.items():
            is_upstream = any(getattr(each, "func", None) is _http_url for each in field.metadata)
            if (
                self.experiments_url
                and is_upstream
                and not is_same_origin(self.experiments_url, getattr(self, name))
            ):
                raise ValueError(
                    f"{name.upper()} não é o servidor simulado de EXPERIMENTS_URL (use endereços "
                    "de mesma origem, ou não defina EXPERIMENTS_URL)"
                )
        return self


def load(kind: type[S]) -> S:
    """The settings of this process; ends it with one line for each bad value."""
    try:
        return kind()
    except ValidationError as exc:
        from src.entrypoints.bad_settings import faults_of  # noqa: PLC0415  # for these alone

        faults = faults_of(kind, exc.errors())
    except UnicodeDecodeError:
        faults = [f"{APP_DIR / '.env'} não está em UTF-8"]
    except OSError as exc:
        faults = [f"{APP_DIR / '.env'} não pode ser lido ({exc})"]
    for fault in faults:
        print(f"Configuração inválida: {fault}", file=sys.stderr)
    sys.exit(STARTUP_FAILURE)
