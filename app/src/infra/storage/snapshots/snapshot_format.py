"""The file format of a snapshot: JSON in the domain's own fields, compressed with xz.

{"format": 1, "origin": "…", "snapshot": {"collected_at": "…", …}}

xz brings the checksum (a CRC-64 over the JSON; The .xz File Format, section 3.4): content that is
cut short or altered is not taken for a snapshot.
"""

import lzma
from datetime import timedelta
from typing import Generic

import msgspec

from src.domain.snapshot import S

# Another number for each change that an earlier release cannot read.
FORMAT = 1

# The origin of what the service itself has collected.
COLLECTED_HERE = "coleta deste serviço"

# A tree of some hundred thousand parts. It is read at once, so what is larger is refused.
MAX_BYTES = 64 * 1024 * 1024


# xz's presets. What is collected is stored while the service answers, or is about to end: 36 ms of
# processor time for 700 kB. What ships with the code is made once: 220 ms, and a quarter smaller.
QUICK = 1
SMALL = 6 | lzma.PRESET_EXTREME

# The dictionary need not be larger than the text: 9 MB of memory in place of 23.
_DICTIONARY_BYTES = 1 << 20

# What unpacking may take, in bytes: a file can ask for gigabytes.
_MOST_MEMORY = 64 * 1024 * 1024


class UnknownFormatError(ValueError):
    """The content is a snapshot of another release, which has a format of its own."""


class _Header(msgspec.Struct, frozen=True):
    format: int


class SnapshotFile(msgspec.Struct, Generic[S], frozen=True):
    """What a file holds: the snapshot, and in one line of prose where its data come from."""

    snapshot: S
    origin: str
    format: int = FORMAT


class SnapshotFormat(Generic[S]):
    """Writes and reads files with snapshots of one kind, up to `max_bytes` before compression."""

    def __init__(self, kind: type[S], *, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        # mypy takes the variable for a type of its own.
        self._decoder = msgspec.json.Decoder(SnapshotFile[kind])  # type: ignore[valid-type]  # a class that is only known at run time

    @staticmethod
    def named(name: str) -> str:
        """This name for where such files are kept: releases of two formats never meet there."""
        return name if FORMAT == 1 else f"{name}-{FORMAT}"

    def to_bytes(self, snapshot: S, *, origin: str = COLLECTED_HERE, preset: int = QUICK) -> bytes:
        """The file's content; the same snapshot gives the same bytes.

        `preset` is xz's, QUICK or SMALL. Raises ValueError for a snapshot that is too large to be
        read again.
        """
        text = msgspec.json.encode(SnapshotFile(snapshot, origin, FORMAT))
        if len(text) > self.max_bytes:
            raise ValueError(f"grande demais: {len(text)} bytes, no máximo {self.max_bytes}")
        xz = {"id": lzma.FILTER_LZMA2, "preset": preset, "dict_size": _DICTIONARY_BYTES}
        return lzma.compress(text, filters=[xz])

    def from_bytes(self, content: bytes) -> SnapshotFile[S]:
        """The file that `to_bytes` wrote.

        Raises UnknownFormatError for another release's, and ValueError for damaged content or for
        a snapshot whose times are not in UTC.
        """
        xz = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)
        try:
            text = xz.decompress(content, max_length=self.max_bytes)
        except lzma.LZMAError as exc:
            raise ValueError(f"não é um arquivo xz completo ({exc})") from exc
        if not xz.eof:
            raise ValueError("não é um arquivo xz completo, ou é grande demais")
        try:
            header = msgspec.json.decode(text, type=_Header)
            if header.format != FORMAT:
                message = f"formato {header.format} desconhecido, esperado {FORMAT}"
                raise UnknownFormatError(message)
            file: SnapshotFile[S] = self._decoder.decode(text)
        except RecursionError as exc:  # JSON nested without end
            raise ValueError("aninhado demais") from exc
        snapshot = file.snapshot
        times = (snapshot.collected_at, snapshot.believed_at, snapshot.upstream_rests_until)
        if any(time is not None and time.utcoffset() != timedelta(0) for time in times):
            raise ValueError("uma data não está em UTC")
        return file
