"""What docs/scaling.md says of growing."""

from scripts.scaling import table
from src.entrypoints.settings import APP_DIR

DOCUMENT = APP_DIR.parent / "docs" / "scaling.md"


def test_the_table_is_what_the_script_calculates() -> None:
    """A figure that is measured anew changes both."""
    assert table() in DOCUMENT.read_text(encoding="utf-8")
