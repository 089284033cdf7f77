"""A snapshot as it is sent."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

from pydantic import BaseModel, TypeAdapter

from src.domain import territory
from src.domain.snapshot import Gap, Source
from src.domain.territory import State
from src.infra.controllers import schemas
from src.infra.controllers.edition import edition_of
from tests.fakes import live
from tests.places import TWO_STATES


def test_the_documented_shapes_are_those_that_are_written(brazil: tuple[State, ...]) -> None:
    """The documentation's models have the domain's fields, in order, and accept the real answer."""
    pairs: list[tuple[type, type[BaseModel]]] = [
        (territory.State, schemas.State),
        (territory.City, schemas.City),
        (territory.District, schemas.District),
    ]
    for ours, documented in pairs:
        assert [field.name for field in fields(ours)] == list(documented.model_fields)

    answer = TypeAdapter(list[schemas.State]).validate_json(edition_of(live(brazil)).body)
    assert len(answer) == len(brazil)


def test_text_is_utf8_and_not_escaped() -> None:
    """Names are readable in the bytes themselves."""
    assert "Rondônia".encode() in edition_of(live(TWO_STATES)).body


def test_the_tag_comes_from_the_content_alone() -> None:
    """When and whence does not matter; what does."""
    snapshot = live(TWO_STATES)
    tag = edition_of(snapshot).headers["ETag"]
    later = replace(snapshot, collected_at=snapshot.collected_at + timedelta(days=1))
    other = replace(snapshot, states=TWO_STATES[:1])

    assert edition_of(later).headers["ETag"] == tag
    assert edition_of(replace(snapshot, source=Source.BUNDLED)).headers["ETag"] == tag
    assert edition_of(other).headers["ETag"] != tag


def test_what_waits_for_something_better_is_cached_for_less_time() -> None:
    """A bundled or incomplete answer is asked for again soon."""
    whole = live(TWO_STATES)
    incomplete = replace(whole, missing=(Gap(11, "Rondônia", "caiu"),))

    assert edition_of(whole).headers["Cache-Control"] == "public, max-age=300"
    for lesser in (incomplete, replace(whole, source=Source.BUNDLED)):
        assert edition_of(lesser).headers["Cache-Control"] == "public, max-age=10"
