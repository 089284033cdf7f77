"""One contract for the three journals, and how each of them fails."""

import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from redis.asyncio import Redis

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
from src.infra.storage.journals.file_journal import FileJournal
from src.infra.storage.journals.journal_lines import last_of, to_line
from src.infra.storage.journals.memory_journal import MemoryJournal
from src.infra.storage.journals.redis_journal import RedisJournal
from tests.helpers.fakes import NOON
from tests.helpers.redis_server import RedisServer
from tests.helpers.refreshes import moment, told


@pytest.fixture(params=["memory", "file", "redis"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RefreshJournal]:
    """Each of the three in turn, empty."""
    if request.param == "memory":
        yield MemoryJournal()
    elif request.param == "file":
        yield FileJournal(tmp_path / "refreshes")
    else:
        server: RedisServer = request.getfixturevalue("redis")
        async with aclosing(RedisJournal(server.url, prefix="teste:")) as opened:
            yield opened


# What the port promises of every journal.


async def test_a_journal_is_empty_at_first(journal: RefreshJournal) -> None:
    """Reading an empty journal is no error."""
    assert await journal.refreshes() == []
    assert await journal.last(moment().refresh) is None
    assert await journal.after(moment().refresh, -1) == []


async def test_a_moment_comes_back_equal(journal: RefreshJournal) -> None:
    """No field is lost."""
    full = moment(
        phase=Phase.PARTIAL,
        by_hand=True,
        asked_by_hand_at=NOON,
        seconds=1.5,
        requests=Requests(1, 2, 3, 4, 5),
        limits=Limits(26, 125, 500, 20.5, circuit_is_open=True),
        roots=[RootProgress(1, "A", "Alta", RootPhase.RUNNING, Requests(done=1))],
        outcome=Outcome([2, 5, 12], missing=1, filled=2),
        cause="UpstreamTimeoutError",
    )
    await journal.append(full)

    assert await journal.last(full.refresh) == full
    assert await journal.after(full.refresh, -1) == [full]


async def test_moments_come_in_the_order_of_writing(journal: RefreshJournal) -> None:
    """`after` gives all of them or those after one, `last` only the last."""
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    for each in moments:
        await journal.append(each)

    refresh = moments[0].refresh
    assert await journal.after(refresh, -1) == moments
    assert await journal.after(refresh, 0) == moments[1:]
    assert await journal.after(refresh, 2) == []
    assert await journal.last(refresh) == moments[-1]


async def test_moments_are_handed_out_a_few_at_a_time(journal: RefreshJournal) -> None:
    """A slow reader of a long refresh holds no more of it in memory."""
    moments = told(1, *[Phase.RUNNING] * (AT_A_TIME + 1))
    for each in moments:
        await journal.append(each)

    refresh = moments[0].refresh
    assert await journal.after(refresh, -1) == moments[:-1]
    assert await journal.after(refresh, AT_A_TIME - 1) == moments[-1:]


async def test_a_moment_that_was_written_twice_is_read_once(journal: RefreshJournal) -> None:
    """It was appended again because the first append may have failed."""
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    for each in (*moments[:2], moments[1], *moments[2:]):
        await journal.append(each)

    refresh = moments[0].refresh
    for number in range(-1, 4):
        assert await journal.after(refresh, number) == moments[number + 1 :]


async def test_the_newest_refreshes_are_kept(journal: RefreshJournal) -> None:
    """The first moment of one more refresh drops the oldest."""
    for number in range(1, KEPT + 3):
        for each in told(number, Phase.RUNNING, Phase.WHOLE):
            await journal.append(each)

    newest_first = [moment(number).refresh for number in range(KEPT + 2, 2, -1)]
    assert await journal.refreshes() == newest_first
    assert await journal.last(moment(1).refresh) is None
    assert await journal.after(moment(2).refresh, -1) == []


# Files.


async def test_files_are_shared_and_a_half_written_line_is_not_read(tmp_path: Path) -> None:
    """Another process may be writing the line at this moment."""
    writer, reader = FileJournal(tmp_path), FileJournal(tmp_path)
    await writer.append(moment())
    with (tmp_path / f"{moment().refresh}.ndjson").open("ab") as file:
        file.write(b'{"refresh":"0000')

    assert await reader.after(moment().refresh, -1) == [moment()]
    assert await reader.last(moment().refresh) == moment()


async def test_other_files_do_not_belong_to_the_journal(tmp_path: Path) -> None:
    """They are not listed, and asking for one is an error."""
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "notes.ndjson").write_text("x")

    journal = FileJournal(tmp_path)
    assert await journal.refreshes() == []
    with pytest.raises(ValueError, match="notes"):
        await journal.last("../notes")


async def test_a_line_cut_short_by_a_full_disk_spoils_no_other(tmp_path: Path) -> None:
    """The next moment gets a line of its own, and readers miss none of the others."""
    journal, moments = FileJournal(tmp_path), told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    await journal.append(moments[0])
    with (tmp_path / f"{moments[0].refresh}.ndjson").open("ab") as file:
        file.write(b'{"refresh":"0000')
    for each in moments[1:]:
        await journal.append(each)

    assert await journal.after(moments[0].refresh, -1) == moments
    assert await journal.after(moments[0].refresh, 0) == moments[1:]
    assert await journal.after(moments[0].refresh, 1) == moments[2:]


async def test_a_refresh_without_a_valid_line_is_empty(tmp_path: Path) -> None:
    """Lines that are no moments are ignored."""
    (tmp_path / f"{moment(1).refresh}.ndjson").write_text("{}\n")

    assert await FileJournal(tmp_path).last(moment().refresh) is None
    assert await FileJournal(tmp_path).after(moment().refresh, -1) == []


async def test_an_unusable_folder_raises_the_ports_error(tmp_path: Path) -> None:
    """A file is in the folder's place, and a folder in a file's place."""
    (tmp_path / "file").write_text("")
    (tmp_path / f"{moment(1).refresh}.ndjson").mkdir()

    in_the_way = FileJournal(tmp_path / "file")
    with pytest.raises(RefreshJournalError, match="gravado"):
        await in_the_way.append(moment())
    with pytest.raises(RefreshJournalError, match="lido"):
        await in_the_way.refreshes()
    with pytest.raises(RefreshJournalError, match="lido"):
        await FileJournal(tmp_path).last(moment().refresh)


# Redis.


async def test_an_unreachable_redis_raises_the_ports_error(redis: RedisServer) -> None:
    """Appending and reading both do."""
    async with aclosing(RedisJournal(redis.url, prefix="teste:")) as journal:
        redis.stop()
        for call in (journal.append(moment()), journal.refreshes(), journal.last(moment().refresh)):
            with pytest.raises(RefreshJournalError, match="Redis"):
                await call


async def test_foreign_ids_in_redis_are_left_out(redis: RedisServer) -> None:
    """They are neither answered nor counted among the refreshes that are kept, UTF-8 or not."""
    foreign = [b"zzz", b"\xff\xfe", b"f" * 20, b"a", b"01"]
    async with (
        aclosing(RedisJournal(redis.url, prefix="teste:")) as journal,
        Redis.from_url(redis.url) as client,
    ):
        await client.zadd("teste:refreshes", dict.fromkeys(foreign, 0))
        for refresh in range(1, KEPT + 2):
            await journal.append(moment(refresh))

        kept = [moment(refresh).refresh for refresh in range(KEPT + 1, 1, -1)]
        assert await journal.refreshes() == kept
        assert await journal.last(kept[0]) is not None


async def test_a_pipe_in_a_journals_place_is_empty(tmp_path: Path) -> None:
    """Reading it neither hangs nor fails."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with a name here")
    refresh = moment().refresh
    os.mkfifo(tmp_path / f"{refresh}.ndjson")
    journal = FileJournal(tmp_path)

    assert await journal.last(refresh) is None
    assert await journal.refreshes() == [refresh]


async def test_lines_that_redis_has_lost_hide_no_later_ones(redis: RedisServer) -> None:
    """A replica that is promoted may lack the last lines: readers go on with what comes after."""
    journal = RedisJournal(redis.url, prefix="teste:")
    async with aclosing(journal), Redis.from_url(redis.url) as client:
        moments = told(1, *[Phase.RUNNING] * 8, Phase.WHOLE)
        for each in moments[:5]:
            await journal.append(each)
        await client.ltrim(f"teste:refresh:{moments[0].refresh}", 0, 1)
        for each in moments[5:]:
            await journal.append(each)

        refresh = moments[0].refresh
        assert await journal.after(refresh, -1) == [*moments[:2], *moments[5:]]
        for number in range(4, 9):
            assert await journal.after(refresh, number) == moments[number + 1 :]
        assert await journal.last(refresh) == moments[-1]


def test_lines_that_nobody_here_wrote_are_left_out() -> None:
    """JSON nested without end, or a time without a zone, is no moment."""
    line = to_line(moment())
    naive = line.replace(b"12:00:00Z", b"12:00:00")

    assert naive != line
    assert last_of([b"[" * 200_000, naive, b'{"refresh":' + b"[" * 200_000]) is None


async def test_a_key_of_another_kind_hides_no_other_refresh(redis: RedisServer) -> None:
    """Nothing is kept of the refresh that it stands for."""
    foreign = moment(2).refresh
    journal = RedisJournal(redis.url, prefix="teste:")
    async with aclosing(journal), Redis.from_url(redis.url) as client:
        await journal.append(moment(1))
        await client.zadd("teste:refreshes", {foreign: 0})
        await client.set("teste:refresh:" + foreign, b"x")

        assert await journal.last(foreign) is None
        assert await journal.last(moment(1).refresh) == moment(1)
