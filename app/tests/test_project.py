"""What holds the project together: layers, commands, documents in two languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from src.entrypoints.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
READMES = ["README.md", "README.pt-BR.md"]


def test_dependencies_point_inwards() -> None:
    """import-linter's contracts in pyproject.toml are kept."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "app")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout


def commands(readme: str) -> list[str]:
    """The shell blocks of a README."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_both_readmes_list_the_same_commands() -> None:
    """Who reads Portuguese is told to type the same as who reads English."""
    english, portuguese = (commands(readme) for readme in READMES)
    assert english
    assert english == portuguese


@pytest.mark.parametrize("readme", READMES)
def test_readmes_name_every_setting_and_target(readme: str) -> None:
    """A setting or target that is not in the README cannot be found."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"`{name.upper()}`" in text
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in targets:
        assert f"make {target}" in text
