"""Responses in files that are in memory alone, for the kernel to send."""

import os
import weakref
from contextlib import suppress

# To copy a smaller body is as quick.
LEAST = 16 * 1024


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

    They are all the same then: of their heads, only the date changes. With head and body in one
    file, both are sent in one call, so that a process that is killed leaves no half of a response
    that the connection takes as a whole.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        # Linux has such files, but not every Python there knows of them.
        self._is_worth_it = hasattr(os, "memfd_create") and len(body) >= LEAST
        self._head = b""
        self._file: MemoryFile | None = None

    def with_head(self, head: bytes) -> MemoryFile | None:
        """The file with all that comes before the body; None if the body has to be copied."""
        if self._is_worth_it and head != self._head:
            self._head = head
            self._file = None
            with suppress(OSError):  # no more files may be open, or a sandbox forbids such files
                self._file = MemoryFile(head, self._body)
        return self._file
