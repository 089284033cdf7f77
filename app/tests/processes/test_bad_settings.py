"""A service that is started with a setting that is none."""

import subprocess
import sys

import pytest

from src.entrypoints.settings import APP_DIR


@pytest.mark.parametrize("name", ["SERVER_PORT", "PORT"])
@pytest.mark.parametrize(
    "command",
    [
        ["main.py"],
        ["-m", "uvicorn", "main:create_app", "--port", "0"],
        ["-m", "uvicorn", "main:create_app", "--port", "0", "--workers", "2"],
    ],
    ids=["main.py", "uvicorn", "workers"],
)
def test_a_bad_value_ends_the_process(
    command: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the service is started, it ends by itself, and no traceback hides the line."""
    monkeypatch.setenv(name, "0")
    monkeypatch.chdir(APP_DIR)

    ended = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=30, check=False
    )

    assert f"Configuração inválida: {name}=0 (use um inteiro de 1 a 65535)" in ended.stderr
    assert "Traceback" not in ended.stderr
    if "--workers" not in command:  # uvicorn's supervisor stops, but ends with 0
        assert ended.returncode == 3


def test_a_secret_in_a_bad_value_is_printed_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says which setting it is, in the process that users start."""
    monkeypatch.setenv("SNAPSHOT_STORE", "redis:segredo")
    monkeypatch.chdir(APP_DIR)

    ended = subprocess.run(
        [sys.executable, "main.py"], capture_output=True, text=True, timeout=30, check=False
    )

    assert "SNAPSHOT_STORE=redis:*** (use " in ended.stderr
    assert "segredo" not in ended.stdout + ended.stderr
