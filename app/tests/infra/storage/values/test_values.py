"""One contract for the three stores of values, and what each does if the outside world fails it."""

import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from src.application.ports.value_store import Kept, ValueStore, ValueStoreError
from src.infra.storage.values.file_values import FileValues
from src.infra.storage.values.memory_values import MemoryValues
from src.infra.storage.values.redis_values import RedisValues
from src.infra.storage.values.value_format import ValueFormat
from tests.helpers.fakes import NOON
from tests.helpers.hanging_disk import given_up_while_the_disk_hangs
from tests.helpers.redis_server import RedisServer


@dataclass(frozen=True, slots=True)
class Count:
    """How many items there were in a year. Raises ValueError for a year before 1000."""

    year: int
    items: int

    def __post_init__(self) -> None:
        if self.year < 1_000:
            raise ValueError(self.year)


FORMAT = ValueFormat(Count)
ONE = Kept(Count(2025, 1_000), NOON)
TWO = Kept(Count(2026, 2_000), NOON + timedelta(days=365))


@pytest.fixture(params=["memory", "file", "redis"])
async def values(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[ValueStore[Count]]:
    """Each of the three in turn, with nothing in it."""
    if request.param == "memory":
        yield MemoryValues(FORMAT)
    elif request.param == "file":
        yield FileValues(tmp_path / "values", FORMAT)
    else:
        server: RedisServer = request.getfixturevalue("redis")
        async with aclosing(RedisValues(server.url, FORMAT, prefix="teste:")) as opened:
            yield opened


async def test_nothing_is_stored_at_first(values: ValueStore[Count]) -> None:
    """An unknown key is no error."""
    assert await values.get("caixa-1") is None


async def test_what_is_put_comes_back(values: ValueStore[Count]) -> None:
    """Under its own key, and the newest."""
    await values.put("caixa-1", ONE)
    await values.put("estante-1", ONE)
    await values.put("caixa-1", TWO)

    assert await values.get("caixa-1") == TWO
    assert await values.get("estante-1") == ONE


async def test_memory_keeps_to_its_number_of_values() -> None:
    """The least used goes first, and a value that is read counts as used."""
    memory = MemoryValues(FORMAT, most_values=2)
    await memory.put("a", ONE)
    await memory.put("b", ONE)
    await memory.get("a")
    await memory.put("c", ONE)

    assert [await memory.get(key) is not None for key in "abc"] == [True, False, True]


async def test_memory_keeps_to_its_bytes() -> None:
    """Also if one key is put again and again."""
    size = len(FORMAT.to_bytes(ONE))
    memory = MemoryValues(FORMAT, most_bytes=2 * size)
    for key in "aaabc":
        await memory.put(key, ONE)

    assert [await memory.get(key) is not None for key in "abc"] == [False, True, True]


async def test_files_keep_to_their_number(tmp_path: Path) -> None:
    """The oldest is dropped when a new one comes."""
    files = FileValues(tmp_path, FORMAT, most_values=2)
    for key in ("a", "b", "b", "c"):
        await files.put(key, ONE)

    assert len(names_in(tmp_path)) == 2
    assert await files.get("c") == ONE


async def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """An old unfinished file; one that may still be written stays."""
    old, new = tmp_path / "unfinished-old", tmp_path / "unfinished-new"
    for file in (old, new):
        file.write_bytes(b'{"value"')
    os.utime(old, (0, 0))

    await FileValues(tmp_path, FORMAT).put("a", ONE)

    assert sorted(names_in(tmp_path)) == ["a.json", "unfinished-new"]


async def test_a_damaged_file_is_nothing(tmp_path: Path) -> None:
    """Half a value, or an impossible one, is asked for anew."""
    files = FileValues(tmp_path, FORMAT)
    local = [
        FORMAT.to_bytes(ONE).replace(b"12:00:00Z", time)
        for time in (b"12:00:00", b"12:00:00-03:00")
    ]
    cut, impossible = FORMAT.to_bytes(ONE)[:-9], FORMAT.to_bytes(ONE).replace(b"2025", b"1", 1)
    for content in (b"", cut, impossible, b"[" * 200_000, *local):
        (tmp_path / "a.json").write_bytes(content)
        assert await files.get("a") is None


@pytest.mark.parametrize("key", ["", "../a", "a/b", "a" * 41, "é"])
async def test_no_other_key_becomes_part_of_a_path(tmp_path: Path, key: str) -> None:
    """A key is letters, digits and hyphens."""
    with pytest.raises(ValueError):  # noqa: PT011  # the key is the message
        await FileValues(tmp_path, FORMAT).get(key)


async def test_a_folder_that_cannot_be_is_an_error_of_the_port(tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "file").write_bytes(b"")
    files = FileValues(tmp_path / "file", FORMAT)

    with pytest.raises(ValueStoreError, match="lido"):
        await files.get("a")
    with pytest.raises(ValueStoreError, match="gravado"):
        await files.put("a", ONE)


async def test_a_write_that_cannot_end_leaves_nothing_behind(tmp_path: Path) -> None:
    """A folder stands in the file's place: no half-written file stays beside it."""
    (tmp_path / "a.json").mkdir()

    with pytest.raises(ValueStoreError, match="gravado"):
        await FileValues(tmp_path, FORMAT).put("a", ONE)

    assert names_in(tmp_path) == ["a.json"]


async def test_a_value_that_was_given_up_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thread goes on once the disk does, when a newer value is stored."""
    files = FileValues(tmp_path, FORMAT)
    await files.put("a", TWO)

    await given_up_while_the_disk_hangs(files.put("a", ONE), tmp_path, monkeypatch)

    assert await files.get("a") == TWO


async def test_a_redis_out_of_reach_is_an_error_of_the_port(redis: RedisServer) -> None:
    """Every call says so."""
    async with aclosing(RedisValues(redis.url, FORMAT, prefix="teste:")) as opened:
        redis.stop()
        for call in (opened.get("a"), opened.put("a", ONE)):
            with pytest.raises(ValueStoreError, match="Redis"):
                await call


def names_in(folder: Path) -> list[str]:
    """What is in a folder."""
    return [file.name for file in folder.iterdir()]
