"""The address of a feature's refreshes, and the words for them in answers and documentation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_schemas import Refresh, refresh_example, refresh_schema

# The fields of each refresh in the list.
IN_LIST = ("id", "situacao", "inicio", "segundos")

ITEM = Noun("item", "itens")


@dataclass(frozen=True, slots=True)
class Documented:
    """How the documentation shows a feature's refreshes."""

    schema: type[Refresh]
    example: Mapping[str, Any]  # a refresh as it is answered
    attempt: Sequence[int]  # one of its requests, as an event tells of it


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingNames:
    """The settings that bound a collection, as texts for people name them; empty if there is none.

    They are those for the roots in work at once, the requests in flight at once, the requests a
    second, and the attempts of a request.
    """

    roots: str = ""
    requests: str = ""
    rate: str = ""
    attempts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshWords:
    """The words of one feature, and the address of its refreshes.

    Raises ValueError if two levels have one plural, or one that is another field's name.
    """

    path: str  # the address: /api/v1/refreshes, or /api/v1/NAME/refreshes
    upstream: str  # the upstream's name with its article, in Portuguese
    # The parts on each level of the tree, the top first; the plurals are JSON fields, too.
    levels: Sequence[Noun]
    part: Noun = ITEM  # what a part of any level is called
    short_name: str = ""  # the JSON field of a root's short name; empty if roots have none
    documented: Documented | None = None  # None: as the levels suggest
    settings: SettingNames = SettingNames()
    # Whether a request brings the roots; if not, they are known before the first one.
    roots_are_requested: bool = True
    data: str = ""  # the address of what is collected, which the page asks for during experiments
    # Files of the page /fanout, for this feature alone: a script with what only it knows of its
    # roots (see fanout/collected.js), its styles, the HTML of a last section (an h2 of that which
    # has an id is linked to from the top), and a collection that was recorded while the upstream
    # failed (see fanout/replay/recording.js).
    page_script: str = ""
    page_style: str = ""
    page_section: str = ""
    page_recording: str = ""

    def __post_init__(self) -> None:
        plurals = [level.plural for level in self.levels]
        taken = {"limites", "resultado", "plano", "sem_dados", "mantidos", *Refresh.model_fields}
        if len({*plurals, *taken}) < len(plurals) + len(taken):
            raise ValueError(f"levels need plurals of their own, and none of {sorted(taken)}")

    @property
    def roots(self) -> Noun:
        """What is at the top of the tree."""
        return self.levels[0]

    @property
    def name(self) -> str:
        """Distinguishes these refreshes from other features'; empty for /api/v1/refreshes."""
        return self.path.removeprefix("/api/v1").removesuffix("/refreshes").strip("/")

    @property
    def suffix(self) -> str:
        """Makes names in the documentation unique: "OfBrands"; empty if `name` is."""
        return f"Of{self.name.title().replace('-', '').replace('/', '')}" if self.name else ""

    @property
    def schema(self) -> type[Refresh]:
        """Documents a refresh."""
        return (self.documented or self._suggested).schema

    @property
    def example(self) -> Mapping[str, Any]:
        """A refresh as it is answered."""
        return (self.documented or self._suggested).example

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
        attempt = (self.documented or self._suggested).attempt
        data = json.dumps({**self.example, "tentativas": [attempt]})
        event_id = f"{self.example['id']}-{self.example['numero']}"
        return f"event: andamento\ndata: {data}\nid: {event_id}\n\n"

    @property
    def _suggested(self) -> Documented:
        return _suggested(tuple(self.levels), short_name=self.short_name, suffix=self.suffix)


@cache  # models take milliseconds to make, and most properties of the words need them
def _suggested(levels: tuple[Noun, ...], *, short_name: str, suffix: str) -> Documented:
    return Documented(
        refresh_schema(levels, short_name=short_name, suffix=suffix),
        refresh_example(levels, short_name=short_name),
        [1, min(1, len(levels) - 1), 1, 1, 105, 106, 207, 208, 0, 1],
    )
