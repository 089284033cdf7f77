"""What a feature's refreshes are called, in answers and in the documentation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from src.infra.controllers.refreshes.refresh_schemas import Refresh

# What the list of refreshes says of each.
IN_LIST = ("id", "situacao", "inicio", "segundos")

_ATTEMPT = [3, 2, 5300108, 1, 5, 6, 107, 107, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshWords:
    """The words of one feature; a feature without resources for its refreshes needs two of them."""

    upstream: str  # the upstream's name with its article, in Portuguese
    # The JSON fields of what is collected on each level of the tree, the top first.
    levels: Sequence[str]
    short_name: str = ""  # the JSON field of a root's short name; empty if roots have none
    schema: type[Refresh] = Refresh  # documents a refresh
    example: Mapping[str, Any] = field(default_factory=dict)  # a refresh as it is answered

    @property
    def list_example(self) -> dict[str, Any]:
        """The list of the last refreshes, as it is answered."""
        return {
            "permitido": True,
            "precisa_de_token": False,
            "motivo": None,
            "espera_s": 0,
            "atualizacoes": [{name: self.example[name] for name in IN_LIST}],
        }

    @property
    def event_example(self) -> str:
        """An event as it is sent."""
        data = json.dumps({**self.example, "tentativas": [_ATTEMPT]})
        event_id = f"{self.example['id']}-{self.example['numero']}"
        return f"event: andamento\ndata: {data}\nid: {event_id}\n\n"
