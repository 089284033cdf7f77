"""`scripts/answers.py` records every file of the pages."""

import asyncio
import importlib.util
from pathlib import Path

from yarl import URL

from src.infra.controllers.pages_controller import FILES
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import application
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import served

SCRIPT = Path(__file__).parents[3] / "scripts/answers.py"


async def test_files_that_are_named_anywhere_are_found() -> None:
    """Some are named in styles, and what a feature has of its own in the data of its page."""
    found = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
    assert found is not None
    assert found.loader is not None
    answers = importlib.util.module_from_spec(found)
    found.loader.exec_module(answers)

    async with served(application(FakeUpstream(TWO_STATES))) as url:
        assets = await asyncio.to_thread(answers.assets, URL(url).port)

    panel = FILES["experiment.html"].read_text(encoding="utf-8")  # in the demo alone
    files = {name for name in FILES if not name.endswith(".html") and f"assets/{name}" not in panel}
    assert {f"/assets/{name}" for name in files} <= set(assets)
