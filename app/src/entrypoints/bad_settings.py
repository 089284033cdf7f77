"""What the lines about bad settings say, without showing a secret."""

import re
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

# Settings with such a word in their names hold secrets.
_SECRET = ("token", "password", "secret", "key")

# What a bad number, choice or file may look like to be shown; anything else may be a secret that
# somebody has put in the wrong place.
_WORD = re.compile(r"[\w.+-]{0,20}")
_FILE = re.compile(r"(?!.*--)([A-Za-z]:)?[\w .\\/~()+-]{1,200}")

# An address (RFC 3986) with a host that is one. Whatever has an @ after its host is none: it may
# as well be a password with a slash.
_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)"
    r"(?P<user>[^/?#\\\s]*@)?"
    r"(?P<host>([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?)"
    r"(?P<path>/[^?#@]*)?(?P<query>\?[^#@]*)?(?P<fragment>#[^@]*)?"
)
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)(?P<slashes>//)?")


def faults_of(kind: type[BaseSettings], errors: Sequence[ErrorDetails]) -> list[str]:
    """A phrase for each bad setting of this class: its name, what may be shown, what is allowed.

    `errors` are those of pydantic. The description of a field says what is allowed.
    """
    # A default that depends on other settings is left open if any setting is bad.
    errors = [each for each in errors if each["type"] != "default_factory_not_called"]
    # A field of several kinds reports once for each; the variable is named once.
    bad = {str(error["loc"][0]): error for error in errors if error["loc"]}
    # What several settings together do not allow.
    faults = [str(error["ctx"]["error"]) for error in errors if not error["loc"]]
    return faults + [
        f"{name.upper()}{_shown(name, field, error)} (use {field.description})"
        for name, error in bad.items()
        for field in [kind.model_fields[name]]
    ]


def _shown(name: str, field: FieldInfo, error: ErrorDetails) -> str:
    """What the line about a bad value shows of it: of an address at most scheme, host and port."""
    if error["type"] == "missing":
        return " não está definida"  # what pydantic shows of it are all other settings
    if any(each in name for each in _SECRET):
        return "=***"
    value = str(error["input"])
    if harmless := _harmless(field.annotation):
        return f"={value if harmless.fullmatch(value) else '***'}"
    # With an @, a comma may be part of a password.
    addresses = [value] if "@" in value else value.split(",")
    shown = [_masked(each.strip(), field.description or "") for each in addresses]
    return f"={', '.join(shown)}"


def _harmless(kind: object) -> re.Pattern[str] | None:
    """What values of this type look like if they may be shown; None for text."""
    while kinds := get_args(kind):
        if get_origin(kind) is Literal:
            return _WORD
        kind = kinds[0]
    if isinstance(kind, type) and issubclass(kind, Path):
        return _FILE
    return _WORD if isinstance(kind, type) and issubclass(kind, int | float | Enum) else None


def _masked(address: str, description: str) -> str:
    """An address without what may be secret; next to nothing of what is none."""
    if not address:
        return ""
    if parts := _ADDRESS.fullmatch(address):
        rest = (parts["path"], parts["query"], parts["fragment"])
        masked = [each if len(each) == 1 else f"{each[0]}***" for each in rest if each]
        return "".join([parts["scheme"], "***@" if parts["user"] else "", parts["host"], *masked])
    scheme = _SCHEME.match(address)
    # What no slashes follow may be a user or a password, unless the description has it.
    if scheme and (scheme["slashes"] or scheme["scheme"].lower() in description):
        return address if scheme[0] == address else f"{scheme[0]}***"
    return "***"
