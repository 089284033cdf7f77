"""The shapes of what is answered about single places: each names the places it lies in."""

from typing import Any

from src.application.localities.place_lookup import Places
from src.domain.localities.territory import City, District

Answer = dict[str, Any]


def city_answer(city: City, places: Places) -> Answer:
    """A city with its state and districts."""
    return {**_named(city), "estado": _state_of(city, places), "distritos": city.distritos}


def district_answer(district: District, places: Places) -> Answer:
    """A district with its city and state."""
    city, state = _named(places.city_of(district)), _state_of(district, places)
    return {**_named(district), "cidade": city, "estado": state}


def found_city(city: City, places: Places) -> Answer:
    """A city among those found by name."""
    return {**_named(city), "uf": places.state_of(city).sigla}


def found_district(district: District, places: Places) -> Answer:
    """A district among those found by name."""
    city, state = places.city_of(district), places.state_of(district)
    return {**_named(district), "cidade": _named(city), "uf": state.sigla}


def _named(place: City | District) -> Answer:
    return {"id": place.id, "nome": place.nome}


def _state_of(place: City | District, places: Places) -> Answer:
    state = places.state_of(place)
    return {"id": state.id, "sigla": state.sigla, "nome": state.nome}
