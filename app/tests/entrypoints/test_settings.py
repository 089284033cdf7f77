"""Settings are read once, checked, and refused in one line."""

from pathlib import Path

import pytest
import trustme
from pydantic import Field

from src.entrypoints.features import Settings, load_settings
from src.entrypoints.settings import BaseUrl, CaFile, ServiceSettings, load


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


def test_the_defaults_are_the_documented_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds for those that every service has."""
    monkeypatch.delenv("SNAPSHOT_WAIT_S")
    settings = load_settings()

    assert settings.snapshot_wait_s == 30
    assert settings.snapshot_ttl_s == 86_400
    assert (settings.server_host, settings.server_port) == ("0.0.0.0", 8001)


def test_every_setting_says_what_is_allowed() -> None:
    """The error message is made from this description."""
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("STOCK_BASE_URL", "servicodados", "http:// ou https://"),
        ("STOCK_BASE_URL", "ftp://estoque.test", "http:// ou https://"),
        ("STOCK_BASE_URL", "http://a..b/", "http:// ou https://"),
        ("STOCK_CA_FILE", "nada.pem", "PEM"),
        ("STOCK_CA_FILE", __file__, "PEM"),
        ("SNAPSHOT_STORE", "s3://balde", "redis://"),
        ("SNAPSHOT_STORE", "file:", "file:PASTA"),
        ("SNAPSHOT_STORE", "redis:", "redis://"),
        ("SNAPSHOT_TTL_S", "-1", "de 0 a 31536000"),
        ("SNAPSHOT_WAIT_S", "nan", "de 0 a 300"),
        ("CORS_ORIGINS", "exemplo.br", "https://exemplo.br"),
        ("CORS_ORIGINS", "https://exemplo.br/", "separadas por vírgulas"),
        ("CORS_ORIGINS", "https://exemplo.br/pagina", "separadas por vírgulas"),
        ("CORS_ORIGINS", "https://exemplo.br, *.outro.br", "separadas por vírgulas"),
        ("CORS_ORIGINS", "ftp://exemplo.br", "separadas por vírgulas"),
        ("CORS_ORIGINS", "null", "separadas por vírgulas"),
        ("REFRESH_MIN_INTERVAL_S", "-1", "de 0 a 86400"),
        ("SERVER_PORT", "70000", "de 1 a 65535"),
        ("LOG_LEVEL", "ALTO", "DEBUG"),
        ("LOG_FORMAT", "xml", "text ou json"),
    ],
)
def test_a_bad_value_stops_the_start_with_one_line(
    name: str,
    value: str,
    allowed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The line names the variable, the value and what is allowed; the exit status is not zero."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as caught:
        load(StockSettings)

    assert caught.value.code == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{name}={value}" in line
    assert allowed in line


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("STOCK_BASE_URL", "http://estoque.test/?q=1", "http://estoque.test/?***"),
        ("STOCK_BASE_URL", "http://estoque.test/#a", "http://estoque.test/#***"),
        ("STOCK_BASE_URL", "http://e.test/?token=segredo", "http://e.test/?***"),
        ("SNAPSHOT_STORE", "redis://h/0?password=segredo", "redis://h/0?***"),
        ("SNAPSHOT_STORE", "rediss://u:segredo/h", "rediss://u:***/h"),
        ("REFRESH_TOKEN", "segredo com espaço", "***"),
    ],
)
def test_a_secret_in_a_bad_value_is_not_shown(
    name: str,
    value: str,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Wherever an address may hold one; the rest of the value is."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit):
        load(StockSettings)

    (line,) = capsys.readouterr().err.splitlines()
    assert f"{name}={shown} (use" in line
    assert "segredo" not in line


def test_a_password_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fault of an address can be reported without it."""
    monkeypatch.setenv("SNAPSHOT_STORE", "redis://eu:se/gre@do@redis.test")

    with pytest.raises(SystemExit):
        load_settings()

    assert "SNAPSHOT_STORE=***@redis.test (use" in capsys.readouterr().err


def test_a_readable_ca_file_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting names a PEM bundle that exists."""
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    monkeypatch.setenv("STOCK_CA_FILE", str(file))

    assert load(StockSettings).stock_ca_file == file


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
