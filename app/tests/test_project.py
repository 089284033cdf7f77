"""The project as a whole: layers, commands, and documents in two languages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from src import VERSION
from src.entrypoints.features import Settings

ROOT = Path(__file__).resolve().parents[2]
READMES = ["README.md", "README.pt-BR.md"]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md")
    for path in ROOT.glob(pattern)
)


def read(name: str) -> str:
    """The text of one of the project's files."""
    return (ROOT / name).read_text(encoding="utf-8")


def prose(document: str) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", read(document), flags=re.DOTALL | re.MULTILINE)


def links(document: str) -> list[str]:
    """The targets of a document's links and pictures, within the repository."""
    found = re.findall(r'\]\(([^)\s]+)\)|<img src="([^"]+)"', prose(document))
    return [target for pair in found for target in pair if target and "://" not in target]


def anchors(document: str) -> set[str]:
    """The fragments of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_dependencies_point_inwards() -> None:
    """The import-linter contracts in pyproject.toml are kept."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "app")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout


def test_both_readmes_have_the_same_blocks() -> None:
    """Portuguese readers type the same commands, and see the same output, as English readers."""
    english, portuguese = (
        re.findall(r"^```.*?^```", read(readme), re.DOTALL | re.MULTILINE) for readme in READMES
    )
    assert english
    assert english == portuguese


def test_both_readmes_link_to_the_same_places() -> None:
    """Neither README lacks a link or a picture of the other."""
    english, portuguese = (links(readme) for readme in READMES)
    assert sorted([*english, "README.md"]) == sorted([*portuguese, "README.pt-BR.md"])


@pytest.mark.parametrize("readme", READMES)
def test_readmes_are_short(readme: str) -> None:
    """A newcomer reads a README to its end; the rest belongs in docs/."""
    assert len(read(readme).splitlines()) <= 130


@pytest.mark.parametrize("readme", READMES)
def test_readmes_give_a_reason_for_each_runtime_dependency(readme: str) -> None:
    """A package without a reason should go."""
    packages = re.findall(r"^([a-z][a-z-]*)", read("app/requirements.in"), re.MULTILINE)
    table = read(readme).split("|---|---|\n")[-1]
    rows = re.findall(r"^\| (.+?) \| ", table, re.MULTILINE)
    assert sorted(packages) == sorted(name for row in rows for name in row.split(", "))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    """Every relative link leads to a file of the repository, and to a heading if it names one."""
    for target in links(document):
        path, _, fragment = target.partition("#")
        file = ((ROOT / document).parent / path).resolve() if path else ROOT / document
        assert file.exists(), target
        assert not fragment or fragment in anchors(str(file.relative_to(ROOT))), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_name_files_that_exist(document: str) -> None:
    """A reader can open each path below app/src: here, or in the project that the text makes."""
    text = read(document)
    named = re.findall(
        r"`(?:app/src/)?((?:domain|application|infra|entrypoints)/[\w/]+\.\w+)`", text
    )
    made = set(re.findall(r"(?:New file|Arquivo novo) `app/src/([^`]+)`", text))
    for path in set(named) - made:
        assert any((ROOT / top / "app/src" / path).is_file() for top in ("", "starter")), path


def test_documents_name_the_commands_that_exist() -> None:
    """Each `make …` in a document is a target of the Makefile, and each target is in a document."""
    targets = re.findall(r"^([a-z]+):.*## ", read("Makefile"), re.MULTILINE)
    named = re.findall(
        r"^(?:\w+=\S+ )?make (\w+)|`make (\w+)", "\n".join(map(read, DOCUMENTS)), re.MULTILINE
    )
    assert {name for pair in named for name in pair if name} == set(targets)


def test_settings_table_is_complete_and_true() -> None:
    """The table names every setting once, with its default."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\S+) \|", read("docs/operating.md"), re.MULTILINE)
    assert sorted(rows) == sorted(
        (name.upper(), default_of(name)) for name in Settings.model_fields
    )


def default_of(setting: str) -> str:
    """A setting's default as the table writes it."""
    field = Settings.model_fields[setting]
    default = field.get_default(call_default_factory=True, validated_data={})
    if default in {None, ""}:
        return "unset"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_changelog_has_the_version() -> None:
    """The newest release in the changelog is the version that the service reports."""
    releases = re.findall(r"^## \[(\d.*)\] - \d{4}-\d\d-\d\d$", read("CHANGELOG.md"), re.MULTILINE)
    assert releases[0] == VERSION


def test_notice_names_the_locked_assets() -> None:
    """A new release of fastapi-offline brings other assets; the notice names their versions."""
    locked = re.findall(r"^fastapi-offline==(\S+)", read("app/requirements.txt"), re.MULTILINE)
    assert f"In version {locked[0]}," in read("THIRD_PARTY.md")
