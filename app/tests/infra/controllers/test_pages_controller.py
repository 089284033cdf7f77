"""Pages of any feature: where their files are found, and what is filled into them."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from src.infra.controllers.pages_controller import FILES, Page, files_by_name, pages_router
from tests.helpers.services import ask
from tests.helpers.serving import client, served


def test_two_files_with_the_same_address_are_an_error(tmp_path: Path) -> None:
    """One would silently be served instead of the other; what is no asset may be there twice."""
    for folder in (tmp_path / "brands", tmp_path / "shelves"):
        folder.mkdir()
        (folder / "README").touch()
    (tmp_path / "brands/views.js").touch()
    assert files_by_name(tmp_path) == {"views.js": tmp_path / "brands/views.js"}

    (tmp_path / "shelves/views.js").touch()
    with pytest.raises(ValueError, match=r"mesmo endereço.*views\.js"):
        files_by_name(tmp_path)


async def test_a_page_may_have_other_dollars(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are filled in; prices stay as they are."""
    prices = tmp_path / "prices.html"
    prices.write_text("$title: R$ 10, US$5 ou R$dez", encoding="utf-8")
    monkeypatch.setitem(FILES, prices.name, prices)
    app = FastAPI()
    app.include_router(
        pages_router([Page("/", prices.name, "ver", link="Ver")], title="Os preços", brand="")
    )

    async with served(app) as address, client(address) as session:
        answer = await ask(session, "/")

    assert answer.body.decode() == "Os preços: R$ 10, US$5 ou R$dez"
