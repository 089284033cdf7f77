"""A project made by `make new`, and what is run in it."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[3]


def _module(file: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(file.stem, file)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


NEW_PROJECT = _module(ROOT / "scripts/new_project.py")


class Project:
    """The project in this folder. What its Makefile runs is run with the Python of this test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lint(self) -> None:
        """As `make lint`."""
        self._run("-m", "ruff", "check", ".")
        self._run("-m", "ruff", "format", "--check", ".")
        cache = ROOT / ".mypy_cache"
        if cache.is_dir():  # so that mypy need not read all libraries again
            shutil.copytree(cache, self.folder / ".mypy_cache", dirs_exist_ok=True)
        self._run("-m", "mypy")
        self._run("-c", "from importlinter.cli import lint_imports_command as lint; lint()")

    def test(self) -> None:
        """Runs the tests that this repository does not have, and those of the documents.

        The others are copies of tests that run here already.
        """
        files = (file.relative_to(self.folder) for file in self.folder.rglob("test_*.py"))
        own = [str(file) for file in files if not (ROOT / file).exists()]
        self._run("-m", "pytest", "app/tests/test_project.py", *own)

    def text(self, name: str) -> str:
        """The text of one of its files."""
        return (self.folder / name).read_text(encoding="utf-8")

    def module(self, name: str) -> ModuleType:
        """One of its modules, over our own core, which is the same."""
        return _module(self.folder / "app" / (name.replace(".", "/") + ".py"))

    def _run(self, *arguments: str) -> None:
        # Nothing that runs in it counts for our own coverage.
        inherited = {name: value for name, value in os.environ.items() if "COV" not in name}
        ended = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**inherited, "PYTHONPATH": str(self.folder / "app"), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert ended.returncode == 0, ended.stdout
