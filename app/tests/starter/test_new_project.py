"""`make new` makes a project that stands by itself, and the guide leads on from there."""

import ast
import errno
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.entrypoints.settings import APP_DIR
from stand_in.server import StandIn
from tests.helpers.processes import ServiceProcess
from tests.helpers.services import ask
from tests.helpers.serving import client
from tests.helpers.our_exceptions import FEATURE_NAMES
from tests.starter.guide import Block, blocks
from tests.starter.new_project import NEW_PROJECT, ROOT, Project

NAME = "Preços de carros"

# Words that no file of a new project has, except in the credits.
OURS = re.compile(
    r"""
    brasil|brazil|ibge|munic[ií]p|cidade|\bestados|distrito|popula
    |(?<![a-z])cit(y|ies)|\bdistricts?\b|\bstates\b|\bufs?\b
    |5[.,]?571|5[.,]?599|10[.,]?769  # how many there are
    # In prose: in code it is what a request finds open, or whether a circuit is closed.
    |(?<![.("])(?<!yield\ )(?<!=\ )\bstate\b(?!["\[:,)=]|\.\w|\ [|=&])
    """,
    re.IGNORECASE | re.VERBOSE,
)
CREDITS = {
    "README.md": "The core comes from *Estados e cidades*",
    "README.pt-BR.md": "O núcleo vem do *Estados e cidades*",
}


def guide(language: str = "") -> str:
    """The guide's text."""
    return (ROOT / f"docs/start-your-own{language}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in a folder with blanks and an accent in its path."""
    folder = tmp_path_factory.mktemp("novo") / "preços de carros"
    return Project(NEW_PROJECT.make(str(folder), NAME))


@pytest.mark.parametrize(
    ("folder", "name", "why"),
    [
        ("", NAME, "diga onde"),
        ("novo", " ", "diga onde"),
        ("cheia", NAME, "não está vazia"),
        ("arquivo", NAME, "não está vazia"),
        ("arquivo/novo", NAME, "arquivo"),
        (str(ROOT), NAME, "dentro deste projeto"),
        (str(APP_DIR / "novo"), NAME, "dentro deste projeto"),
        ("novo", 'Carros"', "sem aspas"),
        ("novo", "Car\nros", "sinais comuns"),
        ("novo", "c" * 61, "até 60 letras"),
        ("novo", "日本", "de A a Z"),
        ("novo", "Ａ" * 31, "até 60 letras"),  # as wide as 62
        ("novo", "㏂" * 16, "até 60 letras"),  # in ASCII, 64
        ("novo", "a＂;print(1)#", "sem aspas"),  # in ASCII, a quote
        ("longo" * 100, NAME, "longo"),
    ],
)
def test_what_cannot_be_made_is_refused(
    folder: str, name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says why, and nothing is touched."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cheia").mkdir()
    (tmp_path / "cheia/meu.txt").touch()
    (tmp_path / "arquivo").touch()
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(NEW_PROJECT.NotMadeError, match=why):
        NEW_PROJECT.make(folder, name)

    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """Somebody may have made it before: it stays the same folder, with nothing else in it."""
    folder = tmp_path / "vazia"
    folder.mkdir(mode=0o700)
    before = folder.stat()

    made = NEW_PROJECT.make(str(folder), NAME)

    after = made.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert (made / "app/main.py").is_file()
    assert {path.name for path in made.glob(".*")} == {".ci", ".gitattributes", ".gitignore"}
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("failing", ["lay_over", "move"])
@pytest.mark.parametrize("folder", ["nova/mais nova", "vazia"])
def test_on_an_error_nothing_is_left(
    failing: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither files nor parents of the folder; an empty folder that was there stays, empty."""
    (tmp_path / "vazia").mkdir()
    full = OSError(errno.ENOSPC, "No space left on device", "README.md")
    rename = Path.rename

    def refuse(*_: object) -> None:
        raise full

    def move(path: Path, target: Path) -> Path:
        if path.name == "app" and path.parent.name == "project":
            raise full
        return rename(path, target)

    if failing == "move":
        monkeypatch.setattr(Path, "rename", move)
    else:
        monkeypatch.setattr(NEW_PROJECT, failing, refuse)

    with pytest.raises(NEW_PROJECT.NotMadeError, match=r"^README.md: não há espaço no disco$"):
        NEW_PROJECT.make(str(tmp_path / folder), NAME)

    assert list(tmp_path.rglob("*")) == [tmp_path / "vazia"]


def test_a_home_that_is_unknown_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The path may begin with `~` and the name of an unknown user."""

    def unknown(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", unknown)

    with pytest.raises(NEW_PROJECT.NotMadeError, match=r"^~ninguem/novo não é um caminho válido$"):
        NEW_PROJECT.make("~ninguem/novo", NAME)


def test_an_error_that_is_not_foreseen_is_told_by_its_code() -> None:
    """Its text would be in the language of the system."""
    assert NEW_PROJECT.reason_of(OSError(errno.EIO, "x", "a")) == "a: erro do sistema EIO"
    assert NEW_PROJECT.reason_of(OSError()) == "erro do sistema desconhecido"


def test_the_last_line_can_be_written_in_any_code_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter that a Windows console lacks is no failure of what has been made."""
    monkeypatch.setattr(NEW_PROJECT, "make", lambda *_: tmp_path / "日本")
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp850")
    monkeypatch.setattr(sys, "stdout", console)

    NEW_PROJECT.main(["novo", NAME])

    console.flush()
    assert b"??" in console.buffer.getvalue()


@pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("make") is None,
    reason="make is not installed, or quotes as Windows does",
)
@pytest.mark.parametrize(
    "name", ["Preços R$ 10", 'Preços "bons"', "a `pwd` b", "$(shell pwd) $HOME $$", "it's"]
)
def test_make_new_hands_on_what_was_typed(name: str) -> None:
    """Neither make nor the shell reads anything in it."""
    command = ["make", "--no-print-directory", "new", "PYTHON=echo", f"DIR=../{name}"]

    ended = subprocess.run(
        [*command, f"NAME={name}"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )

    assert ended.stdout.splitlines()[-1] == f"scripts/new_project.py ../{name} {name}"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small clone in which only one file is tracked, and somebody works."""
    app = tmp_path / "app"
    for name in ("src/core.py", "src/ours/x.py", "tests/test_ours.py", "data/customers.csv"):
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).touch()
    for environment in ("venv", "env"):
        (app / environment / "lib").mkdir(parents=True)
        (app / environment / "pyvenv.cfg").touch()
        (app / environment / "lib/library.py").touch()
    (tmp_path / "secret").touch()
    monkeypatch.setattr(NEW_PROJECT, "HERE", tmp_path)
    return tmp_path


def names_in(clone: Path) -> list[str]:
    """The files below app/ that are copied from this clone, without the feature `ours`."""
    files = NEW_PROJECT.files_in(clone / "app", NEW_PROJECT.tracked_files(), ["ours"])
    return [file.relative_to(clone / "app").as_posix() for file in files]


def test_without_git_virtual_environments_are_left_out(clone: Path) -> None:
    """In whatever folder they are."""
    assert names_in(clone) == ["data/customers.csv", "src/core.py"]


def test_links_are_left_out(clone: Path) -> None:
    """A link to a file would copy what it leads to, and one to a folder could go in circles."""
    try:
        (clone / "app/linked").symlink_to(clone / "secret")
        (clone / "app/src/loop").symlink_to(clone / "app", target_is_directory=True)
    except OSError:
        pytest.skip("links need a right that this user of Windows lacks")

    assert names_in(clone) == ["data/customers.csv", "src/core.py"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_in_a_clone_only_tracked_files_are_copied(clone: Path) -> None:
    """Other data in it stay there; a tracked file that was deleted is skipped."""
    for arguments in (["init", "--quiet"], ["add", "app/src", "app/tests"]):
        subprocess.run(["git", *arguments], cwd=clone, env=outside_of_git(), check=True)
    (clone / "app/src/deleted.py").touch()
    subprocess.run(["git", "add", "app/src"], cwd=clone, env=outside_of_git(), check=True)
    (clone / "app/src/deleted.py").unlink()

    assert names_in(clone) == ["src/core.py"]


def test_a_damaged_clone_is_copied_as_if_there_were_no_git(clone: Path) -> None:
    """Whatever git says about it."""
    (clone / ".git").write_text("gitdir: nowhere\n")

    assert names_in(clone) == ["data/customers.csv", "src/core.py"]


def outside_of_git() -> dict[str, str]:
    """The environment, but for what a hook of git hands to the programs that it runs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def test_features_are_those_that_the_linter_protects() -> None:
    """Folders and modules alike: the script and the tests take the names from one place."""
    assert NEW_PROJECT.features() == ["localities", "population"]
    assert set(NEW_PROJECT.features()) == FEATURE_NAMES


def test_its_operators_know_the_faults_of_the_core(project: Project) -> None:
    """All rows go along but those about places, populations and bundled data."""
    ours = faults((ROOT / "docs/operating.md").read_text(encoding="utf-8"))
    theirs = faults(project.text("docs/operating.md"))

    left = [fault for fault in ours if fault not in theirs]

    assert set(theirs) < set(ours)
    assert all(re.search("population|bundled", fault) for fault in left), left


def faults(document: str) -> list[str]:
    """The rows of the table of faults."""
    table = document.partition("\n## Faults\n")[2]
    return re.findall(r"^\| .+ \|$", table, re.MULTILINE)[1:]


def test_it_is_deployed_as_ours_is(project: Project) -> None:
    """The samples name no service, and the document explains them."""
    ours = {file.name: file.read_bytes() for file in (ROOT / "deploy").iterdir()}

    theirs = {file.name: file.read_bytes() for file in (project.folder / "deploy").iterdir()}

    assert theirs == ours
    for name in ours.keys() - {"Dockerfile.dockerignore"}:
        assert f"(../deploy/{name})" in project.text("docs/operating.md")


def test_it_speaks_of_nothing_of_ours(project: Project) -> None:
    """Only the credits do; and nothing in it is named after our features."""
    for file in project.folder.rglob("*"):
        name = file.relative_to(project.folder).as_posix()
        assert not re.search("localities|population", name)
        if file.is_file() and "requirements" not in file.name:
            lines = [line for line in project.text(name).splitlines() if OURS.search(line)]
            assert all(CREDITS.get(name, "\0") in line for line in lines), (name, lines)


def test_it_has_its_own_name(project: Project) -> None:
    """As people write it, and as programs do; no word in braces is left."""
    assert project.text("README.md").startswith(f"# {NAME}\n")
    assert 'NAME = "precos-de-carros"' in project.text("app/src/__init__.py")
    assert 'PURPOSE = "Precos de carros"' in project.text("app/src/__init__.py")
    assert f'TITLE = "{NAME}"' in project.text("app/src/entrypoints/features.py")
    for file in ("README.md", "README.pt-BR.md", "CHANGELOG.md", "docs/operating.md"):
        assert "{{" not in project.text(file)


def test_both_guides_have_the_same_blocks() -> None:
    """Portuguese readers paste what English readers paste."""
    english, portuguese = blocks(guide()), blocks(guide(".pt-BR"))

    assert list(english) == list(portuguese)


def test_the_guides_integration_is_small() -> None:
    """Four files with sixty lines of code, tests left out, and three files that are changed."""
    integration = guide().partition("\n## 8.")[0]
    source = [block for block in blocks(integration) if block.order and "/tests/" not in block.file]
    new = [block for block in source if block.order == "New file"]
    changed = [block for block in source if block.order != "New file"]

    assert len(new) <= 4
    assert len(changed) <= 3
    assert sum(lines_of_code(block) for block in new if "/src/" in block.file) <= 60


def lines_of_code(block: Block) -> int:
    """How many lines are neither blank nor a comment nor a docstring; imports count."""
    tree = ast.parse(block.text)
    documented = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node)
    ]
    lines = {
        number
        for number, line in enumerate(block.text.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#")
    }
    for node in documented:
        first = node.body[0]
        lines -= set(range(first.lineno, (first.end_lineno or 0) + 1))
    return len(lines)


def test_the_guide_uses_commands_that_exist(project: Project) -> None:
    """Each `make` in it is a target, of this project or of the new one."""
    targets = set(re.findall(r"^([a-z]+):.*##", project.text("Makefile"), re.MULTILINE))
    typed = [line for block in blocks(guide()) for line in block.commands]

    made = [line.split()[1] for line in typed if line.startswith("make")]

    assert made[0] == "new"
    assert set(made[1:]) <= targets


async def test_what_the_guide_makes_stands_by_itself(project: Project, tmp_path: Path) -> None:
    """All that it says is done; then lint, types, layers, tests and the server are content.

    That is so with the example, and without it. The holidays come from a stand-in.
    """
    holidays, _, rest = guide().partition("\n## 8.")
    apply(holidays, project)
    project.test()
    apply(rest, project)
    project.lint()
    project.test()

    module = project.module("stand_in.holidays")
    async with StandIn(module.BrasilApi()) as upstream:
        settings = {
            "holidays_url": upstream.url + module.BrasilApi.base_path,
            "snapshot_store": "memory:",
        }
        program = [str(project.folder / "app/main.py")]
        with ServiceProcess(tmp_path / "log.txt", program=program, **settings) as process:
            async with client(process.address) as session:
                await process.get(session, "/health/live")
                answer = await ask(session, "/api/v1/holidays")
                page = await ask(session, "/fanout")

    assert answer.body.startswith(b'[{"id":2020,"nome":"2020","feriados":[{"id":')
    assert page.status == 200
    assert "os feriados" in page.body.decode()


def apply(text: str, project: Project) -> None:
    """Does what this part of the guide says."""
    for block in blocks(text):
        if block.order:
            block.apply(project.folder)
