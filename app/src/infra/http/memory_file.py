"""Responses in files that are in memory alone, for the kernel to send."""

import os
import sys
import weakref
from contextlib import suppress

# Of less, a copy costs no more than the way around it.
_LEAST = 16 * 1024


class MemoryFile:
    """An open file with these parts one behind the other, on no disk; it ends with this object.

    sendfile(2) passes the pages of a file on as they are. From the memory of a program, the kernel
    copies each response, which takes longer than all that this service does for it.
    """

    def __init__(self, *parts: bytes) -> None:
        self.size = sum(map(len, parts))
        self.number = os.memfd_create("response")  # type: ignore[attr-defined,unused-ignore]  # Linux
        weakref.finalize(self, os.close, self.number)
        with os.fdopen(self.number, "wb", closefd=False) as file:
            file.writelines(parts)


class FileOfResponses:
    """A file for the responses with this body that are sent within the same second.

    They are all the same then, as their Date is. In one file with the body, their heads are sent
    with it in one call: a process that is killed leaves no half of a response.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._is_worth_it = sys.platform == "linux" and len(body) >= _LEAST
        self._start = b""
        self._file: MemoryFile | None = None

    def beginning(self, start: bytes) -> MemoryFile | None:
        """The file with this start, of all before the body; None if the body has to be copied."""
        if self._is_worth_it and start != self._start:
            self._start = start
            self._file = None
            with suppress(OSError):  # no more files may be open, or a sandbox forbids such files
                self._file = MemoryFile(start, self._body)
        return self._file
