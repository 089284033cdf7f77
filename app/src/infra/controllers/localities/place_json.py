"""The shapes of what is answered about single places: each names the places it lies in."""

from typing import Any

from src.application.localities.place_lookup import Places
from src.domain.localities.territory import City, District, State

Answer = dict[str, Any]


def city_answer(city: City, places: Places) -> Answer:
    """A city with its state and districts."""
    return {
        "id": city.id,
        "nome": city.nome,
        "estado": _state(places.state_of(city)),
        "distritos": city.distritos,
    }


def district_answer(district: District, places: Places) -> Answer:
    """A district with its city and state."""
    return {
        "id": district.id,
        "nome": district.nome,
        "cidade": _city(places.city_of(district)),
        "estado": _state(places.state_of(district)),
    }


def found_city(city: City, places: Places) -> Answer:
    """A city among those found by name."""
    return {"id": city.id, "nome": city.nome, "uf": places.state_of(city).sigla}


def found_district(district: District, places: Places) -> Answer:
    """A district among those found by name."""
    return {
        "id": district.id,
        "nome": district.nome,
        "cidade": _city(places.city_of(district)),
        "uf": places.state_of(district).sigla,
    }


def _state(state: State) -> Answer:
    return {"id": state.id, "sigla": state.sigla, "nome": state.nome}


def _city(city: City) -> Answer:
    return {"id": city.id, "nome": city.nome}
