"""The parameters of the resources, each with what is allowed, which errors name."""

from typing import Annotated

from fastapi import Path
from fastapi.openapi.models import Example

# By name of the parameter; for errors.
ALLOWED = {
    "refresh_id": "o id de uma das últimas coletas, ou `current`",
    "Last-Event-ID": "o id do último evento recebido",
}


def examples(values: dict[str, object]) -> dict[str, Example]:
    """Examples under the names by which Swagger UI offers them; it fills in the first."""
    return {name: {"value": value} for name, value in values.items()}


RefreshId = Annotated[
    str,
    Path(
        pattern="^[0-9a-f]{20}$",
        description="O id da coleta, como veio em `Location`",
        openapi_examples=examples({"id": "019a8f3c2b7d5e1f6a90"}),
    ),
]
