"""The exceptions that the service defines: those of the core, and those of a feature."""

import importlib
import inspect
import pkgutil
import tomllib
from pathlib import Path

from src import application, domain
from src.infra import controllers, editions, http

_SETTINGS = tomllib.loads(
    (Path(__file__).resolve().parents[3] / "pyproject.toml").read_text(encoding="utf-8")
)

# A feature has folders or modules of its name, and the linter protects them.
FEATURE_NAMES = {
    name.rpartition(".")[2]
    for contract in _SETTINGS["tool"]["importlinter"]["contracts"]
    for name in contract.get("protected_modules", [])
}


def exceptions_of(feature: str | None) -> set[type[Exception]]:
    """The public exceptions that may reach a controller: the core's, or those of this feature."""
    modules = [
        importlib.import_module(module.name)
        for package in (application, domain, controllers, editions, http)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return {
        kind
        for module in modules
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception)
        and kind.__module__ == module.__name__
        and not name.startswith("_")
        and FEATURE_NAMES & set(module.__name__.split(".")) == ({feature} if feature else set())
    }
