"""The page `/fanout` is written in the words of the feature that it shows."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from fastapi import Request

from src.infra.controllers.pages_controller import FILES
from src.infra.controllers.refreshes.fanout_page import fanout_page
from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_words import RefreshWords, SettingNames

MARCA = Noun("marca", "marcas", feminine=True)
MODELO = Noun("modelo", "modelos")
CARS = RefreshWords(
    path="/api/v1/cars/refreshes",
    upstream="a tabela de carros",
    levels=[MARCA, MODELO, Noun("ano", "anos")],
)
BOOKS = RefreshWords(
    path="/api/v1/books/refreshes",
    upstream="o catálogo",
    levels=[Noun("livro", "livros")],
    settings=SettingNames(requests="BOOKS_LIMIT", attempts="BOOKS_ATTEMPTS"),
    page_style="books.css",
    page_recording="books.json",
)


def values(*collected: RefreshWords, query: str = "") -> Mapping[str, str]:
    """What the page is filled with when it is asked for with this query."""
    request = Request({"type": "http", "query_string": query.encode(), "headers": []})
    return fanout_page(collected).values(request)


def test_words_agree_with_the_roots() -> None:
    """Articles and adjectives have the gender of the noun."""
    cars, books = values(CARS), values(BOOKS)

    assert (cars["Os"], cars["roots"], cars["dele"]) == ("As", "marcas", "dela")
    assert (books["Os"], books["roots"], books["dele"]) == ("Os", "livros", "dele")


def test_the_requests_are_named_level_by_level() -> None:
    """With a request for the list at the top or without; a tree may have any number of levels."""
    unlisted = RefreshWords(
        path="/api/v1/x/refreshes",
        upstream="o x",
        levels=[MARCA, MODELO],
        roots_are_requested=False,
    )

    assert values(CARS)["requests"] == (
        "uma requisição traz a lista das marcas; daí, ao mesmo tempo, uma por marca traz os "
        "modelos; e uma por modelo, os anos"
    )
    assert values(unlisted)["requests"] == (
        "ao mesmo tempo, uma requisição por marca traz os modelos"
    )
    assert values(BOOKS)["requests"] == "uma requisição traz a lista dos livros"


def test_settings_and_styles_are_named_if_there_are_any() -> None:
    """A feature without settings for its limits has sentences without them."""
    cars, books = values(CARS), values(BOOKS)

    assert books["limits"] == " (<code>BOOKS_LIMIT</code>)"
    assert "<code>BOOKS_ATTEMPTS</code>" in books["attempts"]
    assert "assets/books.css" in books["style"]
    assert (cars["limits"], cars["style"]) == ("", "")
    assert "<code>" not in cars["attempts"]


def test_a_feature_may_have_a_section_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes from a file among the pages; its title is linked to from the top."""
    section = tmp_path / "books_on_fanout.html"
    section.write_text('<h2 id="ten">Por que dez</h2>', encoding="utf-8")
    monkeypatch.setitem(FILES, section.name, section)

    books, cars = values(replace(BOOKS, page_section=section.name)), values(CARS)

    assert books["section"] == '<h2 id="ten">Por que dez</h2>'
    assert books["section_link"] == '<a href="#ten">Por que dez</a>'
    assert (cars["section"], cars["section_link"]) == ("", "")


def test_a_recording_is_offered_if_there_is_one() -> None:
    """The page hides the buttons for it otherwise, and the script knows its file."""
    cars, books = values(CARS), values(BOOKS)

    assert (cars["unrecorded"], books["unrecorded"]) == ("hidden", "")
    assert json.loads(unescape(books["collected"]))["recording"] == "books.json"


def test_the_address_chooses_what_is_shown() -> None:
    """Without a choice, or with an unknown one, it is the first; a single one needs no choice."""
    first = values(CARS, BOOKS)
    chosen = values(CARS, BOOKS, query="coleta=books")

    assert first["address"] == "api/v1/cars/refreshes"
    assert values(CARS, BOOKS, query="coleta=x") == first
    assert chosen["address"] == "api/v1/books/refreshes"
    assert '"fanout?coleta=books" aria-current="page">Livros do catálogo<' in chosen["choice"]
    assert '"fanout?coleta=cars">Marcas, modelos e anos da tabela de carros<' in chosen["choice"]
    assert values(BOOKS)["choice"] == ""


def test_refreshes_without_a_name_can_be_chosen_too() -> None:
    """Their name in the address is empty, which is not the same as no choice."""
    unnamed = RefreshWords(path="/api/v1/refreshes", upstream="o catálogo", levels=[MODELO])

    assert values(CARS, unnamed)["address"] == "api/v1/cars/refreshes"
    assert values(CARS, unnamed, query="coleta=")["address"] == "api/v1/refreshes"


def test_the_script_gets_the_words_as_json() -> None:
    """They are escaped, because they stand in an attribute."""
    collected = values(CARS)["collected"]

    assert '"' not in collected
    assert '"shortName": ""' in unescape(collected)


def test_the_scripts_get_each_word_that_agrees() -> None:
    """The forms come from the service, so that there is one rule; none is missing or unused."""
    scripts = [file.read_text(encoding="utf-8") for file in FILES.values() if file.suffix == ".js"]
    used = {word for script in scripts for word in re.findall(r'agreeing\("(\w+)"\)', script)}

    sent = json.loads(unescape(values(CARS)["collected"]))["forms"]

    assert sent == {word: MARCA.agreeing(word) for word in used}
    assert sent["nenhum"] == "nenhuma"
