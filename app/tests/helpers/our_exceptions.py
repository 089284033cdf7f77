"""The exceptions that the service defines: those of the core, and those of a feature."""

import importlib
import inspect
import pkgutil
from pathlib import Path

from src import application, domain, entrypoints
from src.infra import controllers, editions, http

# A feature has a folder of its name in each layer, in `entrypoints` at least.
FEATURE_NAMES = {
    folder.name
    for folder in Path(entrypoints.__path__[0]).iterdir()
    if (folder / "__init__.py").exists()
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
