"""What the operating system allows, found out before the first connection is opened."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from src.entrypoints.settings import APP_DIR

resource = pytest.importorskip("resource", reason="Windows has no bound on open files")

PROGRAM = """
import json, logging, resource, sys
from src.entrypoints.open_connections import possible_connections
logging.basicConfig()
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
possible = possible_connections(526)
print(json.dumps([possible, resource.getrlimit(resource.RLIMIT_NOFILE)[0]]))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "possible", "soft_after"),
    [(1024, 4096, 526, 1024), (256, 4096, 526, 590), (256, 300, 236, 300), (20, 40, 1, 40)],
)
def test_the_bound_on_open_files_is_raised_where_it_can_be(
    soft: int, hard: int, possible: int, soft_after: int
) -> None:
    """A bound that is high enough is left alone; one that stays too low costs time, and says so."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(soft), str(hard)],
        cwd=APP_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(ended.stdout) == [possible, soft_after]
    assert ("ulimit -n" in ended.stderr) is (possible < 526)
