"""One contract for the three journals, and what each does when the outside world fails it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from src.application.ports.refresh_journal import (
    AT_A_TIME,
    KEPT,
    RefreshJournal,
    RefreshJournalError,
)
from src.application.ports.refresh_progress import (
    Limits,
    Outcome,
    Phase,
    Requests,
    RootPhase,
    RootProgress,
)
from src.infra.storage.file_journal import FileJournal
from src.infra.storage.memory_journal import MemoryJournal
from src.infra.storage.redis_journal import RedisJournal
from tests.helpers.fakes import NOON
from tests.helpers.redis_server import RedisServer
from tests.helpers.refreshes import moment, told


@pytest.fixture(params=["memory", "file", "redis"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RefreshJournal]:
    """Each of the three in turn, with nothing in it."""
    if request.param == "memory":
        yield MemoryJournal()
    elif request.param == "file":
        yield FileJournal(tmp_path / "refreshes")
    else:
        server: RedisServer = request.getfixturevalue("redis")
        async with aclosing(RedisJournal(server.url, prefix="teste:")) as opened:
            yield opened


# What the port promises, whichever the journal.


async def test_nothing_is_told_at_first(journal: RefreshJournal) -> None:
    """An empty journal is no error."""
    assert await journal.refreshes() == []
    assert await journal.last(moment().refresh) is None
    assert await journal.after(moment().refresh, -1) == []


async def test_what_is_told_comes_back_equal(journal: RefreshJournal) -> None:
    """With all that it may hold."""
    full = moment(
        phase=Phase.PARTIAL,
        by_hand=True,
        asked_by_hand_at=NOON,
        seconds=1.5,
        requests=Requests(1, 2, 3, 4, 5),
        limits=Limits(26, 125, 500, 20.5, circuit_is_open=True),
        roots=[RootProgress(11, "RO", "Rondônia", RootPhase.RUNNING, Requests(done=1))],
        outcome=Outcome([27, 5571, 10769], missing=1, filled=2),
        cause="UpstreamTimeoutError",
    )
    await journal.append(full)

    assert await journal.last(full.refresh) == full
    assert await journal.after(full.refresh, -1) == [full]


async def test_moments_come_in_the_order_they_were_told(journal: RefreshJournal) -> None:
    """All of them, or those after one; the last one alone."""
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    for each in moments:
        await journal.append(each)

    refresh = moments[0].refresh
    assert await journal.after(refresh, -1) == moments
    assert await journal.after(refresh, 0) == moments[1:]
    assert await journal.after(refresh, 2) == []
    assert await journal.last(refresh) == moments[-1]


async def test_moments_are_handed_out_a_few_at_a_time(journal: RefreshJournal) -> None:
    """Who reads slowly holds no more than that of a refresh that takes long."""
    moments = told(1, *[Phase.RUNNING] * (AT_A_TIME + 1))
    for each in moments:
        await journal.append(each)

    refresh = moments[0].refresh
    assert await journal.after(refresh, -1) == moments[:-1]
    assert await journal.after(refresh, AT_A_TIME - 1) == moments[-1:]


async def test_a_moment_that_stands_there_twice_is_told_once(journal: RefreshJournal) -> None:
    """It was appended again, since nobody knew whether it had been."""
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    for each in (*moments[:2], moments[1], *moments[2:]):
        await journal.append(each)

    refresh = moments[0].refresh
    for number in range(-1, 4):
        assert await journal.after(refresh, number) == moments[number + 1 :]


async def test_the_newest_refreshes_are_kept(journal: RefreshJournal) -> None:
    """The oldest is dropped with the first that is told of one more."""
    for number in range(1, KEPT + 3):
        for each in told(number, Phase.RUNNING, Phase.WHOLE):
            await journal.append(each)

    newest_first = [moment(number).refresh for number in range(KEPT + 2, 2, -1)]
    assert await journal.refreshes() == newest_first
    assert await journal.last(moment(1).refresh) is None
    assert await journal.after(moment(2).refresh, -1) == []


# Files.


async def test_files_are_shared_and_a_half_written_line_is_not_read(tmp_path: Path) -> None:
    """Another process may be writing it at this moment."""
    writer, reader = FileJournal(tmp_path), FileJournal(tmp_path)
    await writer.append(moment())
    with (tmp_path / f"{moment().refresh}.ndjson").open("ab") as file:
        file.write(b'{"refresh":"0000')

    assert await reader.after(moment().refresh, -1) == [moment()]
    assert await reader.last(moment().refresh) == moment()


async def test_other_files_are_none_of_the_journals(tmp_path: Path) -> None:
    """Whatever lies in the folder, and whatever is asked for."""
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "notes.ndjson").write_text("x")

    journal = FileJournal(tmp_path)
    assert await journal.refreshes() == []
    with pytest.raises(ValueError, match="notes"):
        await journal.last("../notes")


async def test_a_line_that_a_full_disk_cut_short_spoils_no_other(tmp_path: Path) -> None:
    """The next one begins on a line of its own, and none is missed by who reads on."""
    journal, moments = FileJournal(tmp_path), told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    await journal.append(moments[0])
    with (tmp_path / f"{moments[0].refresh}.ndjson").open("ab") as file:
        file.write(b'{"refresh":"0000')
    for each in moments[1:]:
        await journal.append(each)

    assert await journal.after(moments[0].refresh, -1) == moments
    assert await journal.after(moments[0].refresh, 0) == moments[1:]
    assert await journal.after(moments[0].refresh, 1) == moments[2:]


async def test_a_refresh_without_a_whole_line_tells_nothing(tmp_path: Path) -> None:
    """Whatever stands there."""
    (tmp_path / "01.ndjson").write_text("{}\n")

    assert await FileJournal(tmp_path).last("01") is None
    assert await FileJournal(tmp_path).after("01", -1) == []


async def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should, and a folder where a file should."""
    (tmp_path / "file").write_text("")
    (tmp_path / "01.ndjson").mkdir()

    in_the_way = FileJournal(tmp_path / "file")
    with pytest.raises(RefreshJournalError, match="gravado"):
        await in_the_way.append(moment())
    with pytest.raises(RefreshJournalError, match="lido"):
        await in_the_way.refreshes()
    with pytest.raises(RefreshJournalError, match="lido"):
        await FileJournal(tmp_path).last("01")


# Redis.


async def test_redis_out_of_reach_is_told(redis: RedisServer) -> None:
    """Every call raises the port's error."""
    async with aclosing(RedisJournal(redis.url, prefix="teste:")) as journal:
        redis.stop()
        for call in (journal.append(moment()), journal.refreshes(), journal.last("01")):
            with pytest.raises(RefreshJournalError, match="Redis"):
                await call
