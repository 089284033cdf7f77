"""Pages link to files of the repository, if this copy of it has them."""

from pathlib import Path

import pytest

from src.infra.controllers import linked_sources
from src.infra.controllers.linked_sources import without_dead_links

PAGE = """<p><a href="source?arquivo=app/x.py#X.y" hreflang="en">app/x.py</a>
<a href="source?arquivo=docs/0001.md"><b>decisão</b>
0001</a> <a href="docs">API</a></p>"""


def test_links_to_missing_files_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their text, and nothing else of the page; only files that are there can be shown."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/x.py").touch()
    monkeypatch.setattr(linked_sources, "ROOT", tmp_path)

    shown = without_dead_links(PAGE)

    assert shown == (
        '<p><a href="source?arquivo=app/x.py#X.y" hreflang="en">app/x.py</a>\n'
        ' <a href="docs">API</a></p>'
    )
    assert linked_sources.linked_sources([PAGE]) == {"app/x.py": tmp_path / "app/x.py"}
