"""Settings are read once, checked, and refused in one line."""

import contextlib
import io
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, SecretStr

from src.entrypoints.features import Settings, load_settings
from src.entrypoints.settings import BaseUrl, CaFile, ServiceSettings, load


class Country(StrEnum):
    """Where the stock is."""

    BR = "BR"
    PT = "PT"


class StockSettings(ServiceSettings):
    """The settings of a service with an upstream."""

    # That of the service, so that the developer's own file is not read.
    model_config = Settings.model_config

    stock_base_url: BaseUrl = Field(
        default="http://estoque.test", description="um endereço http:// ou https://, sem ? nem #"
    )
    stock_ca_file: CaFile | None = Field(
        default=None, description="um arquivo existente com certificados em PEM"
    )
    stock_country: Country = Field(default=Country.BR, description="BR ou PT")
    stock_password: str = Field(default="", max_length=1, description="a senha")
    stock_pin: SecretStr = Field(default=SecretStr(""), max_length=1, description="a senha")


@pytest.fixture
def line_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str, str], str]:
    """Starts with this setting of this value, which fails; gives the one line about it."""

    def start(name: str, value: str) -> str:
        monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as caught:
            load(StockSettings)
        assert caught.value.code == 3
        (line,) = capsys.readouterr().err.splitlines()
        return line

    return start


def test_the_defaults_are_the_documented_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds for those that every service has."""
    monkeypatch.delenv("SNAPSHOT_WAIT_S")
    settings = load_settings()

    assert settings.snapshot_wait_s == 30
    assert settings.snapshot_ttl_s == 86_400
    assert (settings.server_host, settings.server_port) == ("0.0.0.0", 8001)


@pytest.mark.parametrize(
    ("variables", "served"),
    [
        ({}, (8001, 1, True)),
        ({"PORT": "5000"}, (5000, 1, False)),
        ({"WEB_CONCURRENCY": "3"}, (8001, 3, False)),
        ({"PORT": "", "WEB_CONCURRENCY": ""}, (8001, 1, True)),
        ({"PORT": "5000", "WEB_CONCURRENCY": "1"}, (5000, 1, False)),
        ({"PORT": "5000", "SERVER_PORT": "6000"}, (6000, 1, False)),
        ({"WEB_CONCURRENCY": "3", "SERVER_WORKERS": "2"}, (8001, 2, False)),
        ({"PORT": "5000", "SERVER_RELOAD": "true"}, (5000, 1, True)),
        ({"SERVER_PORT": "6000", "SERVER_WORKERS": "2"}, (6000, 2, True)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_platforms_say_where_to_serve(
    variables: dict[str, str], served: tuple[int, int, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PORT and WEB_CONCURRENCY count unless our own say otherwise; by default nothing reloads."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()

    assert (settings.server_port, settings.server_workers, settings.server_reload) == served


@pytest.mark.parametrize("spelling", [str.upper, str.lower])
@pytest.mark.parametrize(
    ("address", "shown", "user", "password"),
    [
        ("http://proxy.test:3128", "http://proxy.test:3128", None, None),
        ("http://proxy.test:3128/", "http://proxy.test:3128", None, None),
        ("proxy.test:3128", "http://proxy.test:3128", None, None),
        ("HTTP://Proxy.test", "http://proxy.test", None, None),
        ("http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128", None, None),
        ("eu:se%40nha@proxy.test:3128", "http://proxy.test:3128", "eu", "se@nha"),
        ("http://jo%C3%A3o:a%C3%A7%C3%A3o@10.1.2.3:80", "http://10.1.2.3", "joão", "ação"),
        ("http://joão:ação@10.1.2.3:80", "http://10.1.2.3", "joão", "ação"),
    ],
)
def test_proxies_are_read_from_the_usual_variables(
    *,
    address: str,
    shown: str,
    user: str | None,
    password: str | None,
    spelling: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In capital or small letters; the scheme may be left out, as in other programs."""
    monkeypatch.setenv(spelling("HTTPS_PROXY"), address)
    monkeypatch.setenv(spelling("NO_PROXY"), "interno.test")
    settings = load_settings()

    proxy = settings.proxies.on_the_way_to("https://estoque.test")

    assert proxy is not None
    assert (str(proxy), proxy.user, proxy.password) == (shown, user, password)
    assert settings.proxies.on_the_way_to("https://estoque.interno.test") is None
    assert settings.proxies.on_the_way_to("http://estoque.test") is None
    assert "nha" not in repr(settings)


def test_an_empty_proxy_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some scripts unset a variable so."""
    monkeypatch.setenv("HTTPS_PROXY", "")

    assert load_settings().proxies.on_the_way_to("https://estoque.test") is None


def test_settings_that_contradict_each_other_are_named(
    line_about: Callable[[str, str], str],
) -> None:
    """One line says which, and what to do."""
    line = line_about("EXPERIMENTS_URL", "http://127.0.0.1:8002/controle")

    assert line == (
        "Configuração inválida: STOCK_BASE_URL não é o servidor simulado de EXPERIMENTS_URL (use "
        "endereços de mesma origem, ou não defina EXPERIMENTS_URL)"
    )


def test_every_setting_says_what_is_allowed() -> None:
    """The error message is made from this description."""
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("name", "value", "shown", "allowed"),
    [
        ("STOCK_BASE_URL", "servicodados", "***", "http:// ou https://"),
        ("STOCK_BASE_URL", "ftp://estoque.test", "ftp://estoque.test", "http:// ou https://"),
        ("STOCK_BASE_URL", "http://a..b/", "http://a..b/", "http:// ou https://"),
        ("STOCK_CA_FILE", "nada.pem", "nada.pem", "PEM"),
        ("STOCK_CA_FILE", __file__, __file__, "PEM"),
        ("SNAPSHOT_STORE", "s3://balde", "s3://balde", "redis://"),
        ("SNAPSHOT_STORE", "file:", "file:", "file:PASTA"),
        ("SNAPSHOT_STORE", "redis:", "redis:", "redis://"),
        ("SNAPSHOT_STORE", "redis://[::1]:99999", "redis://[::1]:99999", "redis://"),
        ("SNAPSHOT_STORE", "redis://h.test/dois", "redis://h.test/***", "redis://"),
        ("SNAPSHOT_STORE", "redis+sentinel://h.test", "redis+sentinel://h.test", "/MESTRE"),
        ("REDIS_CA_FILE", __file__, __file__, "PEM"),
        ("SNAPSHOT_TTL_S", "-1", "-1", "de 0 a 31536000"),
        ("SNAPSHOT_WAIT_S", "nan", "nan", "de 0 a 300"),
        ("CORS_ORIGINS", "exemplo.br", "***", "https://exemplo.br"),
        ("CORS_ORIGINS", "https://exemplo.br/", "https://exemplo.br/", "separadas por vírgulas"),
        (
            *("CORS_ORIGINS", "https://exemplo.br/pagina", "https://exemplo.br/***"),
            "separadas por vírgulas",
        ),
        (
            *("CORS_ORIGINS", "https://exemplo.br,*.outro.br", "https://exemplo.br, ***"),
            "separadas por vírgulas",
        ),
        ("CORS_ORIGINS", "ftp://exemplo.br", "ftp://exemplo.br", "separadas por vírgulas"),
        ("CORS_ORIGINS", "null", "***", "separadas por vírgulas"),
        ("REFRESH_MIN_INTERVAL_S", "-1", "-1", "de 0 a 86400"),
        ("SERVER_HOST", "", "", "um endereço local"),
        ("SERVER_PORT", "70000", "70000", "de 1 a 65535"),
        ("PORT", "70000", "70000", "de 1 a 65535"),
        ("WEB_CONCURRENCY", "0", "0", "de 1 a 64"),
        ("LOG_LEVEL", "ALTO", "ALTO", "DEBUG"),
        ("LOG_FORMAT", "xml", "xml", "text ou json"),
        ("STOCK_COUNTRY", "AR", "AR", "BR ou PT"),
    ],
)
def test_a_bad_value_stops_the_start_with_one_line(
    name: str, value: str, shown: str, allowed: str, line_about: Callable[[str, str], str]
) -> None:
    """It names the variable, what may be shown of the value, and what is allowed."""
    line = line_about(name, value)

    assert f"{name}={shown} (use" in line
    assert allowed in line


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("STOCK_BASE_URL", "http://estoque.test/?q=segredo", "http://estoque.test/?***"),
        ("STOCK_BASE_URL", "http://estoque.test/#segredo", "http://estoque.test/#***"),
        ("STOCK_BASE_URL", "http://e.test/segredo?", "http://e.test/***?"),
        ("STOCK_BASE_URL", "http://e.test:80/segredo;a=1?a#b", "http://e.test:80/***?***#***"),
        ("STOCK_BASE_URL", "http://eu:segredo@e.test:80?a", "http://***@e.test:80?***"),
        ("STOCK_BASE_URL", "http://eu:segredo@e.test/?para=b@segredo", "http://***"),
        ("STOCK_BASE_URL", "http:/e.test/segredo?a", "http:***"),
        ("STOCK_BASE_URL", "http:\\\\e.test\\segredo?a", "http:***"),
        ("STOCK_BASE_URL", "http://e.test\\@segredo/?a", "http://***"),
        ("STOCK_BASE_URL", "http://e%3Asegredo%40e.test/?", "http://***"),
        ("STOCK_BASE_URL", "segredo", "***"),
        ("STOCK_BASE_URL", "eu:segredo@e.test", "***"),
        ("STOCK_BASE_URL", "//eu:segredo@e.test", "***"),
        ("SNAPSHOT_STORE", "redis:segredo", "redis:***"),
        ("SNAPSHOT_STORE", "REDIS:segredo", "REDIS:***"),
        ("SNAPSHOT_STORE", "segredo:", "***"),
        ("SNAPSHOT_STORE", "redis://h/segredo?x", "redis://h/***?***"),
        ("SNAPSHOT_STORE", "redis://h/0?password=segredo", "redis://h/***?***"),
        ("SNAPSHOT_STORE", "REDISS://u:segredo@h/0?db=1", "REDISS://***@h/***?***"),
        ("SNAPSHOT_STORE", "redis://:segredo@[::1]:6379?a", "redis://***@[::1]:6379?***"),
        ("SNAPSHOT_STORE", "rediss://u:segredo/h", "rediss://***"),
        ("SNAPSHOT_STORE", "rediss://u:segredo", "rediss://***"),
        ("SNAPSHOT_STORE", "redis://u:se/gre@do@redis.test", "redis://***"),
        ("SNAPSHOT_STORE", "redis://u:12/segredo@redis.test?", "redis://***"),
        ("SNAPSHOT_STORE", "redis://u:12,segredo@redis.test?", "redis://***@redis.test?"),
        ("SNAPSHOT_STORE", "redis://a:1,redis://u:segredo", "redis://a:1, redis://***"),
        ("SNAPSHOT_STORE", "redis://a, redis://:segredo@b", "redis://***"),
        ("SNAPSHOT_STORE", "redis://a redis://segredo", "redis://***"),
        ("SNAPSHOT_STORE", " redis://u:segredo@h?a ", "redis://***@h?***"),
        ("SNAPSHOT_STORE", "redis+sentinel://:segredo@a:1,b:2", "redis+sentinel://***"),
        ("SNAPSHOT_STORE", "rediss+sentinel://a,b/?segredo", "rediss+sentinel://a, ***"),
        (
            *("SNAPSHOT_STORE", "redis+sentinel://a/m?password=segredo"),
            "redis+sentinel://a/***?***",
        ),
        ("SNAPSHOT_STORE", "redis://h/?a\nsegredo", "redis://h/?***"),
        ("SNAPSHOT_STORE", "redis://ségredo/?", "redis://***"),
        ("SNAPSHOT_STORE", "redis:///segredo?", "redis://***"),
        ("SNAPSHOT_STORE", "s3://u:segredo@balde", "s3://***@balde"),
        ("CORS_ORIGINS", "https://a.br,https://b.br/?t=segredo", "https://a.br, https://b.br/?***"),
        ("REFRESH_TOKEN", "segredo com espaço", "***"),
        ("STOCK_PASSWORD", "segredo", "***"),
        ("STOCK_PIN", "segredo", "***"),
        ("SERVER_PORT", "tcp://u:segredo@h:8001", "***"),
        ("PORT", "tcp://u:segredo@h:8001", "***"),
        ("HTTPS_PROXY", "https://u:segredo@proxy.test:3128", "https://***@proxy.test:3128"),
        ("HTTPS_PROXY", "socks5://u:segredo@proxy.test", "socks5://***@proxy.test"),
        ("HTTPS_PROXY", "http://u:seg#redo@proxy.test:3128", "http://***"),
        ("HTTPS_PROXY", "http://u:segredo@proxy.test/caminho", "http://***@proxy.test/***"),
        ("HTTPS_PROXY", "http://u:segredo@proxy.test/?a", "http://***@proxy.test/?***"),
        ("HTTPS_PROXY", "http://u:segredo@proxy.test#a", "http://***@proxy.test#***"),
        ("HTTPS_PROXY", "u:segredo@proxy.test:99999", "http://***@proxy.test:99999"),
        ("HTTP_PROXY", "u:segredo proxy.test", "http://***"),
        ("HTTP_PROXY", "http://", "http://"),
        ("SERVER_PORT", "segredo de mais de vinte letras", "***"),
        ("LOG_LEVEL", "DEBUG\nsegredo", "***"),
        ("STOCK_CA_FILE", "https://u:segredo@h/ca.pem", "***"),
        ("STOCK_CA_FILE", "-----BEGIN PRIVATE KEY-----segredo", "***"),
    ],
)
def test_a_secret_in_a_bad_value_is_not_shown(
    name: str, value: str, shown: str, line_about: Callable[[str, str], str]
) -> None:
    """Of an address, scheme, host and port are shown; of what is none, nothing.

    That it has a user, a path, a query or a fragment is shown, too: one of them may be the fault.
    """
    line = line_about(name, value)

    assert f"{name}={shown} (use" in line
    assert "segredo" not in line


@given(
    st.lists(
        st.sampled_from(
            [
                "redis:",
                "redis+sentinel:",
                "//",
                "/",
                "?",
                "#",
                "@",
                ":",
                ",",
                " ",
                "u",
                "12",
                "h.test",
                "[::1]",
                "%40",
            ]
        ),
        max_size=6,
    ),
    st.sampled_from(["?", "@h?", "/0?", ":1/?"]),
)
def test_no_part_of_an_address_but_its_host_is_shown(before: list[str], after: str) -> None:
    """Wherever a password stands that is no host: before an @, after the host, without a host."""
    value = "".join([*before, "seg%redo", after])
    with pytest.MonkeyPatch.context() as patch, io.StringIO() as printed:
        patch.setenv("SNAPSHOT_STORE", value)
        with contextlib.redirect_stderr(printed), pytest.raises(SystemExit):
            load(StockSettings)

        assert "redo" not in printed.getvalue()


def test_a_readable_ca_file_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting names a PEM bundle that exists."""
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    monkeypatch.setenv("STOCK_CA_FILE", str(file))

    assert load(StockSettings).stock_ca_file == file


@pytest.mark.parametrize(
    "address", ["redis+sentinel://s1.test,s2.test/mestre", "rediss://u:se%2Fgredo@h.test:6380/0"]
)
def test_a_store_may_be_a_redis_of_any_kind(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is kept as it is."""
    monkeypatch.setenv("SNAPSHOT_STORE", address)

    assert load(StockSettings).snapshot_store == address


def test_values_come_from_the_env_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`app/.env` is read; environment variables take precedence."""
    file = tmp_path / ".env"
    file.write_text("SNAPSHOT_TTL_S=7\nSNAPSHOT_WAIT_S=8\nOUTRA=1\n")
    monkeypatch.setitem(Settings.model_config, "env_file", file)
    monkeypatch.setenv("SNAPSHOT_WAIT_S", "9")

    settings = load_settings()

    assert (settings.snapshot_ttl_s, settings.snapshot_wait_s) == (7, 9)


def test_an_env_file_that_is_not_utf_8_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some editors on Windows save it in UTF-16; the line says what to do."""
    file = tmp_path / ".env"
    file.write_text("SNAPSHOT_TTL_S=7", encoding="utf-16")
    monkeypatch.setitem(Settings.model_config, "env_file", file)

    with pytest.raises(SystemExit):
        load_settings()

    assert "não está em UTF-8" in capsys.readouterr().err


def test_a_missing_setting_is_named_and_no_other_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A feature may need one without a default; pydantic's own message shows all other values."""

    class OwnSettings(ServiceSettings):
        own_url: str = Field(description="um endereço")

    monkeypatch.setenv("REFRESH_TOKEN", "segredo")
    with pytest.raises(SystemExit):
        load(OwnSettings)

    (line,) = capsys.readouterr().err.splitlines()
    assert line == "Configuração inválida: OWN_URL não está definida (use um endereço)"


def test_an_unreadable_env_file_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the system's error is, it takes one line."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("src.entrypoints.features.Settings", refuse)

    with pytest.raises(SystemExit) as caught:
        load_settings()

    assert caught.value.code == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert "não pode ser lido" in line


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("", ""),
        (" , ", ""),
        ("*", "*"),
        ("https://exemplo.br", "https://exemplo.br"),
        (
            " https://exemplo.br , http://localhost:3000, ",
            "https://exemplo.br,http://localhost:3000",
        ),
    ],
)
def test_origins_are_read_with_blanks_or_without(
    value: str, origins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be none, all or some of them."""
    monkeypatch.setenv("CORS_ORIGINS", value)

    assert load_settings().cors_origins == origins


@pytest.mark.parametrize("token", ["com espaço", "acentuação", "=", "a" * 201, "a\nb", "a@b"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_shown(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Many people read logs, and the token may be right except for a blank."""
    monkeypatch.setenv("REFRESH_TOKEN", token)

    with pytest.raises(SystemExit):
        load_settings()

    assert capsys.readouterr().err.startswith("Configuração inválida: REFRESH_TOKEN=*** (use ")


@pytest.mark.parametrize("token", ["", "segredo", "YWJj/+ZGVm==", "a" * 200])
def test_a_token_may_be_anything_that_can_be_sent(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 6750, section 2.1, defines that; an empty token counts as no token."""
    monkeypatch.setenv("REFRESH_TOKEN", token)

    assert load_settings().refresh_token == token
