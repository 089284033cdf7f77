"""The file format of a snapshot: JSON in the domain's own fields, compressed with xz.

{"format": 1, "origin": "…", "snapshot": {"collected_at": "…", …}}

xz brings the checksum (a CRC-64 over the JSON; The .xz File Format, section 3.4): content that is
cut short or altered is not taken for a snapshot.
"""

import lzma
from typing import Generic

import msgspec

from src.domain.snapshot import S

FORMAT = 1

# The origin of what the service itself has collected.
COLLECTED_HERE = "coleta deste serviço"

# A tree of some hundred thousand parts. It is read at once, so what is larger is refused.
MAX_BYTES = 64 * 1024 * 1024


# The dictionary need not be larger than the text: 9 MB of memory in place of 23.
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6 | lzma.PRESET_EXTREME, "dict_size": 1 << 20}]


class SnapshotFile(msgspec.Struct, Generic[S], frozen=True):
    """What a file holds: the snapshot, and in one line of prose where its data come from."""

    snapshot: S
    origin: str
    format: int = FORMAT


class SnapshotFormat(Generic[S]):
    """Writes and reads files with snapshots of one kind, up to `max_bytes` before compression."""

    def __init__(self, kind: type[S], *, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        # mypy takes the variable for a type of its own.
        self._decoder = msgspec.json.Decoder(SnapshotFile[kind])  # type: ignore[valid-type]

    def to_bytes(self, snapshot: S, *, origin: str = COLLECTED_HERE) -> bytes:
        """The file's content; the same snapshot gives the same bytes.

        Raises ValueError for a snapshot that is too large to be read again.
        """
        text = msgspec.json.encode(SnapshotFile(snapshot, origin))
        if len(text) > self._max_bytes:
            raise ValueError(f"grande demais: {len(text)} bytes, no máximo {self._max_bytes}")
        return lzma.compress(text, filters=_FILTERS)

    def from_bytes(self, content: bytes) -> SnapshotFile[S]:
        """The file that `to_bytes` wrote.

        Raises ValueError if the content is damaged, or in a format that this version cannot read.
        """
        xz = lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
        try:
            text = xz.decompress(content, max_length=self._max_bytes)
        except lzma.LZMAError as exc:
            raise ValueError(f"não é um arquivo xz completo ({exc})") from exc
        if not xz.eof:
            raise ValueError("não é um arquivo xz completo, ou é grande demais")
        file: SnapshotFile[S] = self._decoder.decode(text)
        if file.format != FORMAT:
            raise ValueError(f"formato {file.format} desconhecido, esperado {FORMAT}")
        return file
