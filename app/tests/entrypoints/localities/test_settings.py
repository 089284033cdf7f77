"""The settings of the collection are checked, and refused in one line."""

import pytest

from src.entrypoints.features import load_settings


def test_the_defaults_are_the_documented_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any variable, the service asks the IBGE, 26 states and 500 cities at a time."""
    monkeypatch.delenv("SNAPSHOT_WAIT_S")
    settings = load_settings()

    assert settings.ibge_base_url == "https://servicodados.ibge.gov.br/api/v1/localidades"
    assert (settings.ibge_states_limit, settings.ibge_cities_limit) == (26, 500)
    assert (settings.ibge_timeout_s, settings.snapshot_wait_s) == (30, 30)
    assert settings.snapshot_bundled


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("IBGE_BASE_URL", "ftp://ibge.test", "http:// ou https://"),
        ("IBGE_BASE_URL", "http://a..b/", "http:// ou https://"),
        ("IBGE_BASE_URL", "http://ibge.test/?***", "sem ? nem #"),
        ("IBGE_BASE_URL", "http://ibge.test/#***", "sem ? nem #"),
        ("IBGE_TIMEOUT_S", "0", "maior que 0"),
        ("IBGE_STATES_LIMIT", "0", "de 1 a 100"),
        ("IBGE_CITIES_LIMIT", "muitas", "de 1 a 2000"),
        ("IBGE_CA_FILE", "nada.pem", "PEM"),
        ("IBGE_CA_FILE", __file__, "PEM"),
        ("IBGE_LEGACY_TLS", "talvez", "true ou false"),
        ("IBGE_ATTEMPTS", "0", "de 1 a 10"),
        ("IBGE_PLAN", "region", "city ou state"),
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
        load_settings()

    assert caught.value.code == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{name}={value}" in line
    assert allowed in line


def test_what_is_no_address_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be a secret in the wrong place; the line says what is allowed."""
    monkeypatch.setenv("IBGE_BASE_URL", "servicodados")

    with pytest.raises(SystemExit) as caught:
        load_settings()

    assert caught.value.code == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert "IBGE_BASE_URL=*** (use um endereço http:// ou https://" in line
