"""The shapes of what is answered about single places: each names the places it lies in."""

from __future__ import annotations

from typing import Any

from src.domain.localities.territory import City, District, State

Answer = dict[str, Any]


def city_answer(city: City, state: State) -> Answer:
    """A city with its state and districts."""
    return {
        "id": city.id,
        "nome": city.nome,
        "estado": _state(state),
        "distritos": city.distritos,
    }


def district_answer(district: District, city: City, state: State) -> Answer:
    """A district with its city and state."""
    return {
        "id": district.id,
        "nome": district.nome,
        "cidade": _city(city),
        "estado": _state(state),
    }


def found_city(city: City, state: State) -> Answer:
    """A city among those found by name."""
    return {"id": city.id, "nome": city.nome, "uf": state.sigla}


def found_district(district: District, city: City, state: State) -> Answer:
    """A district among those found by name."""
    return {"id": district.id, "nome": district.nome, "cidade": _city(city), "uf": state.sigla}


def _state(state: State) -> Answer:
    return {"id": state.id, "sigla": state.sigla, "nome": state.nome}


def _city(city: City) -> Answer:
    return {"id": city.id, "nome": city.nome}
