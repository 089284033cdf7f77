"""Makes a project of your own out of this one: `make new DIR=../precos NAME="Preços de carros"`.

It needs nothing but Python, and has no copy of any source:

1. What both projects have in common is copied. Folders and modules named after a feature are left
   out, and so are the programs and documents about this project. In a clone, only files that git
   tracks are copied.
2. `starter/` is laid over it: a small feature, with its stand-in and tests, and the documents.
3. The name is put in.
"""

import errno
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from unicodedata import east_asian_width, normalize

HERE = Path(__file__).resolve().parents[1]
STARTER = HERE / "starter"
NOTICES = "THIRD_PARTY.md"

# What is copied; folders with everything in them.
KEPT = [
    *(".ci", ".gitattributes", ".gitignore", "LICENSE", "Makefile", NOTICES),
    *("app", "deploy", "pyproject.toml", "scripts/demo.py", "start.bat"),
]
# Programs that are not copied; nor are their tests, and the paragraphs that name one of them.
LEFT_PROGRAMS = [
    *("bench", "compare"),
    *("make_bundled_snapshot", "make_recording", "new_project", "screenshots", "starter"),
]

# Files of which the starter has the last lines.
APPENDED = ["Makefile", "pyproject.toml"]

MOST_LETTERS = 60

# What keeps a project from being written, in the words of this program's readers.
REASONS = {
    errno.EACCES: "sem permissão para escrever",
    errno.EPERM: "sem permissão para escrever",
    errno.EROFS: "o disco é só de leitura",
    errno.ENOSPC: "não há espaço no disco",
    errno.EDQUOT: "não há espaço no disco",
    errno.ENOTDIR: "há um arquivo no lugar de uma pasta",
    errno.EEXIST: "há um arquivo no lugar de uma pasta",
    errno.ENOENT: "o caminho não existe",
    errno.ENAMETOOLONG: "o nome é longo demais",
    errno.EINVAL: "o nome não é válido neste sistema",
}


class NotMadeError(Exception):
    """The project was not made; the message says why, in Portuguese."""


def main(arguments: list[str]) -> None:
    """Makes the project that the arguments name, and says how to go on."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="replace"
        )  # a code page may lack letters of the folder's name
    folder, name = (*arguments, "", "")[:2]
    try:
        made = make(folder, name)
    except NotMadeError as error:
        sys.exit(f"Nada foi criado: {error}")
    print(f"Projeto criado em {made}")
    print("Para continuar, nessa pasta: make demo")


def make(folder: str, name: str) -> Path:
    """Makes the project called `name` in a new or empty folder.

    Returns the folder. Raises NotMadeError, and then leaves neither files nor folders behind.
    """
    if not folder.strip() or not name.strip():
        raise NotMadeError('diga onde e como se chama: make new DIR=../precos NAME="Preços"')
    words = words_of(normalize("NFC", name).strip())
    target = resolved(folder)
    if target == HERE or HERE in target.parents:
        raise NotMadeError(f"{target} fica dentro deste projeto; escolha uma pasta fora dele")
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise NotMadeError(f"{target} já existe e não está vazia; escolha outra pasta")
        with (
            folder_at(target),
            # On the same disk, and with no right needed but to write into the folder itself.
            tempfile.TemporaryDirectory(dir=target, prefix=".") as unfinished,
        ):
            made = Path(unfinished) / "project"
            tracked = tracked_files()
            copy_core(made, tracked)
            lay_over(made, words, tracked)
            move_entries(made, target)
    except OSError as error:
        raise NotMadeError(reason_of(error)) from error
    return target


def resolved(folder: str) -> Path:
    """The absolute path of the folder. Raises NotMadeError."""
    try:
        return Path(folder).expanduser().resolve()
    except (OSError, RuntimeError) as error:  # links in a circle, or ~ with an unknown user
        raise NotMadeError(f"{folder} não é um caminho válido") from error


@contextmanager
def folder_at(target: Path) -> Iterator[None]:
    """Makes the folder and its parents if they are missing, and removes them again on an error."""
    missing = [folder for folder in (target, *target.parents) if not folder.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        with suppress(OSError):  # one is not empty, or was not made
            for folder in missing:
                if folder.exists():
                    folder.rmdir()
        raise


def move_entries(source: Path, target: Path) -> None:
    """Moves all that lies in one folder into another, or nothing if one of them cannot be moved."""
    entries = sorted(source.iterdir())
    try:
        for entry in entries:
            entry.rename(target / entry.name)
    except BaseException:
        for entry in entries:
            if not entry.exists():
                (target / entry.name).rename(entry)
        raise


def reason_of(error: OSError) -> str:
    """What happened, in Portuguese, with the path if there is one."""
    known = REASONS.get(error.errno or 0)
    reason = known or f"erro do sistema {errno.errorcode.get(error.errno or 0, 'desconhecido')}"
    return f"{error.filename}: {reason}" if error.filename else reason


def words_of(name: str) -> dict[str, str]:
    """The text that replaces each word in braces in the starter's files. Raises NotMadeError."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    for form in (name, plain):  # a letter may turn into several, or into a quote
        forbidden = re.search(r'["\\`<>{}|\[\]]', form) or not form.isprintable()
        if forbidden or width_of(form) > MOST_LETTERS:
            raise NotMadeError(
                f"NAME pode ter até {MOST_LETTERS} letras, algarismos e sinais comuns, sem aspas"
            )
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if not slug:
        raise NotMadeError("NAME precisa ter ao menos uma letra de A a Z ou um algarismo")
    words = {"name": name, "today": date.today().isoformat()}  # noqa: DTZ011  # the day of whoever makes it
    for literal, text in (("name", name), ("slug", slug), ("purpose", plain)):
        words[f"{literal}-in-python"] = json.dumps(text, ensure_ascii=False)
    for language, readme in (("en", "README.md"), ("pt", "README.pt-BR.md")):
        words[f"dependencies-{language}"] = last_table(read(HERE / readme))
    operating = read(HERE / "docs/operating.md")
    words["settings"] = rows_of_the_core(operating, "| name | default |")
    words["faults"] = rows_of_the_core(operating, "| fault |")
    words["deploying"] = section(operating, "## Deploying")
    words["redis"] = section(operating, "## Redis")
    return words


def width_of(text: str) -> int:
    """How many columns the text takes in an editor; lines of code are limited by that."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def features() -> list[str]:
    """The names of this project's features: those whose modules the linter protects."""
    settings = tomllib.loads(read(HERE / "pyproject.toml"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    protected = [name for contract in contracts for name in contract.get("protected_modules", [])]
    return sorted({name.rpartition(".")[2] for name in protected})


def tracked_files() -> set[Path] | None:
    """The files of this clone that git tracks; None if this is no clone, or git does not run."""
    git = shutil.which("git")
    if git is None or not (HERE / ".git").exists():
        return None
    # The clone may belong to somebody else, as a folder that is mounted into a container does.
    command = [git, "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=HERE, capture_output=True, check=False)
    if listed.returncode:
        return None
    return {HERE / name for name in listed.stdout.decode(errors="replace").split("\0") if name}


def copy_core(target: Path, tracked: Collection[Path] | None) -> None:
    """Copies the files that are about no feature."""
    named = [*features(), *LEFT_PROGRAMS]
    for kept in KEPT:
        for file in files_in(HERE / kept, tracked, named):
            copied = target / file.relative_to(HERE)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copied)
    for name, parts in (
        ("Makefile", paragraphs),
        ("pyproject.toml", paragraphs),
        (NOTICES, sections),
    ):
        file = target / name
        write(file, "".join(part for part in parts(read(file)) if not names_any(part, named)))


def files_in(
    path: Path, tracked: Collection[Path] | None, left: Sequence[str] = ()
) -> Iterator[Path]:
    """The file itself, or all files in a folder.

    Left out are links, virtual environments, what running and testing leave behind, files and
    folders with a name in `left` or `test_` before it, and files that are not `tracked`, unless
    that is None.
    """
    if path.is_symlink():
        return
    if path.is_file() and (tracked is None or path in tracked):
        yield path
    if not path.is_dir() or (path / "pyvenv.cfg").exists():
        return
    for each in sorted(path.iterdir()):
        hidden = each.name.startswith(".") and each.name != ".ci"
        name = each.stem.removeprefix("test_")
        if not hidden and each.name != "__pycache__" and name not in left:
            yield from files_in(each, tracked, left)


def lay_over(target: Path, words: dict[str, str], tracked: Collection[Path] | None) -> None:
    """Lays the starter over the copy; its parts of some files are appended to the copied ones."""
    for file in files_in(STARTER, tracked):
        laid = target / file.relative_to(STARTER)
        text = filled(read(file), words)
        laid.parent.mkdir(parents=True, exist_ok=True)
        write(laid, read(laid) + text if file.name in APPENDED else text)


def filled(text: str, words: dict[str, str]) -> str:
    """The text with each `{{word}}` in it replaced."""
    return re.sub(r"\{\{([a-z-]+)\}\}", lambda match: words[match[1]], text)


def paragraphs(text: str) -> list[str]:
    """The paragraphs, each with the blank lines behind it."""
    return re.findall(r"(?:[^\n]+\n)+\n*|\n+", text)


def sections(text: str) -> list[str]:
    """The sections of a document in Markdown."""
    return re.split(r"^(?=## )", text, flags=re.MULTILINE)


def section(text: str, heading: str) -> str:
    """The section of a document with this heading, without a blank line behind it."""
    return next(each for each in sections(text) if each.startswith(heading)).rstrip("\n")


def names_any(text: str, names: list[str]) -> bool:
    """Whether the text has one of these names as a word."""
    return re.search(rf"\b({'|'.join(names)})\b", text) is not None


def last_table(text: str) -> str:
    """The last table of a document, without a blank line behind it."""
    tables: list[str] = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return tables[-1].rstrip("\n")


def rows_of_the_core(text: str, head: str) -> str:
    """The rows of the table with this head that are about no feature."""
    table = text[text.index(head) :].partition("\n\n")[0].splitlines()[2:]
    ours = re.compile(r"IBGE|POPULATION|BUNDLED|bundled|population|place|states?\b|cit(y|ies)")
    return "\n".join(row for row in table if not ours.search(row))


def read(file: Path) -> str:
    """The text of a file."""
    return file.read_text(encoding="utf-8")


def write(file: Path, text: str) -> None:
    """Writes the file with the same ends of lines on every system."""
    file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
