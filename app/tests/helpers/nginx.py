"""A real nginx in front of a service, if there is one on this machine."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.helpers.installed import installed
from tests.helpers.processes import running

needs_nginx = pytest.mark.skipif(
    installed("nginx") is None, reason="it needs nginx: apt install nginx-light"
)

_SETTINGS = """
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/errors;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  {http}
}}
"""


@asynccontextmanager
async def nginx(http: str) -> AsyncIterator[None]:
    """Runs nginx with these directives in its `http` block; it listens when the block begins.

    `FOLDER` in them stands for a folder of its own. What is wrong with them, nginx prints.
    """
    with _folder() as folder:
        file = folder / "nginx.conf"
        file.write_text(_SETTINGS.format(folder=folder, http=http.replace("FOLDER", str(folder))))
        options = ("-c", str(file), "-e", "stderr")
        async with running("nginx", *options, is_ready=(folder / "pid").exists):
            yield


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that another user may read: if root starts nginx, it works as one."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
