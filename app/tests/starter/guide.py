"""The blocks of docs/start-your-own.md, and what the text says to do with each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

# What the text before a block says to do with it, in either language.
_ORDERS = {
    "New file": "New file",
    "Arquivo novo": "New file",
    "Replace": "Replace",
    "Troque o conteúdo de": "Replace",
    "Append to": "Append to",
    "Acrescente ao fim de": "Append to",
    "Take out of": "Take out of",
    "Tire de": "Take out of",
    "Delete these files": "Delete",
    "Apague estes arquivos": "Delete",
}
_ORDER = re.compile(rf"({'|'.join(_ORDERS)})(?: `([^`]+)`)?:\s*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the guide: what is done with which file, or commands to type."""

    order: str  # as above; empty for commands
    file: str
    text: str

    def apply(self, folder: Path) -> None:
        """Does what the guide says to the project in this folder."""
        if self.order == "Delete":
            for name in self.text.splitlines():
                (folder / name).unlink()
            return
        file = folder / self.file
        assert file.exists() == (self.order != "New file"), self
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        after = self.text
        if self.order == "Append to":
            after = before + self.text
        if self.order == "Take out of":
            assert before.count(self.text) == 1, self
            after = before.replace(self.text, "")
        file.write_text(after, encoding="utf-8", newline="\n")

    @property
    def commands(self) -> list[str]:
        """The lines to type in a shell."""
        return [] if self.order else self.text.splitlines()


def blocks(guide: str) -> Iterator[Block]:
    """The blocks of the guide's text, in its order."""
    end = 0
    for match in _BLOCK.finditer(guide):
        order = _ORDER.search(guide[end : match.start()])
        end = match.end()
        assert (order is None) == (match[1] == "sh"), match[0]
        yield Block(_ORDERS[order[1]] if order else "", (order and order[2]) or "", match[2])
