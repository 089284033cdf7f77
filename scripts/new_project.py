"""Makes a project of your own out of this one: `make new DIR=../precos NAME="Preços de carros"`.

It needs nothing but Python, and has no copy of any source:

1. What the new project has in common with this one is copied. What goes by a feature's name, as a
   folder or as a module, stays behind, and so do the programs and documents that are about it.
2. `starter/` is laid over it: a small feature, with its stand-in and tests, and the documents.
3. The name is put in.
"""

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from unicodedata import east_asian_width, normalize

HERE = Path(__file__).resolve().parents[1]
STARTER = HERE / "starter"
NOTICES = "THIRD_PARTY.md"

# What goes along; folders with all in them.
KEPT = [
    *(".ci", ".gitattributes", ".gitignore", "LICENSE", "Makefile", NOTICES),
    *("app", "pyproject.toml", "scripts/demo.py", "start.bat"),
]
# Programs that stay behind, with their tests, and with paragraphs that name one of them.
LEFT_PROGRAMS = [
    *("bench", "compare"),
    *("make_bundled_snapshot", "new_project", "screenshots", "starter"),
]

MOST_LETTERS = 60


class NotMadeError(Exception):
    """No project can be made from these words; the message says why, and what to do."""


def main(arguments: list[str]) -> None:
    """Makes the project that the arguments name, and says how to go on."""
    folder, name = (*arguments, "", "")[:2]
    try:
        made = make(folder, name)
    except NotMadeError as error:
        sys.exit(f"Nada foi criado: {error}")
    print(f"Projeto criado em {made}")
    print("Para continuar, nessa pasta: make demo")


def make(folder: str, name: str) -> Path:
    """Makes the project called `name` in a new or empty folder, as a whole or not at all.

    Returns the folder. Raises NotMadeError.
    """
    if not folder.strip() or not name.strip():
        raise NotMadeError('diga onde e como se chama: make new DIR=../precos NAME="Preços"')
    words = words_of(normalize("NFC", name).strip())
    target = Path(folder).expanduser().resolve()
    if target == HERE or HERE in target.parents:
        raise NotMadeError(f"{target} fica dentro deste projeto; escolha uma pasta fora dele")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise NotMadeError(f"{target} já existe e não está vazia; escolha outra pasta")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as beside:
            made = Path(beside) / "project"
            copy_core(made)
            lay_over(made, words)
            if target.exists():
                target.rmdir()
            made.rename(target)
    except OSError as error:
        raise NotMadeError(str(error)) from error
    return target


def words_of(name: str) -> dict[str, str]:
    """What stands in the starter's files for each word in braces. Raises NotMadeError."""
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
    words["settings"] = rows_of_the_core(read(HERE / "docs/operating.md"), "| name | default |")
    words["faults"] = rows_of_the_core(read(HERE / "docs/operating.md"), "| fault |")
    return words


def width_of(text: str) -> int:
    """How many columns the text takes in an editor; lines of code are limited by that."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def features() -> list[str]:
    """The names of this project's features, by the folders that open them."""
    opening = (HERE / "app/src/entrypoints").glob("*/feature.py")
    return sorted(path.parent.name for path in opening)


def copy_core(target: Path) -> None:
    """Copies what is about no feature."""
    named = [*features(), *LEFT_PROGRAMS]
    for kept in KEPT:
        for file in files_in(HERE / kept, named):
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


def files_in(path: Path, left: Sequence[str] = ()) -> Iterator[Path]:
    """The file itself, or all files in a folder: but what running and testing leave there, and what
    has a name in `left`."""
    if path.is_file():
        yield path
        return
    for each in sorted(path.iterdir()):
        hidden = each.name.startswith(".") and each.name != ".ci"
        if not hidden and each.name != "__pycache__" and each.stem not in left:
            yield from files_in(each, left)


def lay_over(target: Path, words: dict[str, str]) -> None:
    """Lays the starter over the copy; what it has of pyproject.toml comes behind what is there."""
    for file in files_in(STARTER):
        laid = target / file.relative_to(STARTER)
        text = filled(read(file), words)
        laid.parent.mkdir(parents=True, exist_ok=True)
        write(laid, read(laid) + text if file.name == "pyproject.toml" else text)


def filled(text: str, words: dict[str, str]) -> str:
    """The text with each `{{word}}` in it replaced."""
    return re.sub(r"\{\{([a-z-]+)\}\}", lambda match: words[match[1]], text)


def paragraphs(text: str) -> list[str]:
    """The paragraphs, each with the blank lines behind it."""
    return re.findall(r"(?:[^\n]+\n)+\n*|\n+", text)


def sections(text: str) -> list[str]:
    """The sections of a document in Markdown."""
    return re.split(r"^(?=## )", text, flags=re.MULTILINE)


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
