"""Finds a Python with free threading: one without the lock that lets one thread compute at a time.

Usual Pythons have that lock, the GIL; PEP 703 is about the others.
"""

import os
import shutil
import subprocess

from bench.measuring import missing
from compare.threads import FREE_THREADED

# How such a Python is called, the newest first.
NAMES = [f"python3.{minor}t" for minor in (15, 14, 13)]

# Modules in C may switch the lock on again. A Python that has always got it does not start so.
WITHOUT_LOCK = {"PYTHON_GIL": "0"}

PROBE = """
import sys
if getattr(sys, "_is_gil_enabled", lambda: True)():
    sys.exit("it has the lock (GIL)")
"""


def free_threaded_python(named: str | None = None) -> str | None:
    """The program to run `threads.py` with: the named one, or the newest on the path.

    None if there is none, or it cannot do that; the table then says why.
    """
    found = [path for name in ([named] if named else NAMES) if (path := shutil.which(name))]
    if not found:
        looked_for = named or "python3.14t, or --free-threaded PATH"
        missing(f"{FREE_THREADED}, for there is no such Python ({looked_for})")
        return None
    probe = subprocess.run(  # noqa: S603  # a developer's own choice
        [found[0], "-c", PROBE],
        env={**os.environ, **WITHOUT_LOCK},
        capture_output=True,
        text=True,
        check=False,
    )
    if probe.returncode:
        reason = (probe.stderr.strip().splitlines() or ["it does not start"])[0]
        missing(f"{FREE_THREADED}, by {found[0]}: {reason}")
        return None
    return found[0]
