"""Backups: whole while others write, refused when they are not what they should be, and put in force in one step."""

# ruff: noqa: ASYNC240 (a test has nothing better to do than to wait for its files)

import sqlite3
import stat
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from store.backup import Restored, staged, take_backup
from store.copies import Unfit
from store.database import Database
from store.lock import AlreadyHeld, held_alone
from store.outbox import queue
from store.restores import last_restore
from store.states import OutboxKind, OutboxState
from store.tables import OutboxRow
from tests.worlds import WALL, bound_chat, empty_store

TODAY = WALL.date()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    """A database in use, with one chat and one message that waits, in the file `live`."""
    async with empty_store(tmp_path) as database:
        chat = await bound_chat(database, "77", "STP")
        async with database.write() as session:
            queue(session, chat_id=chat.id, kind=OutboxKind.REPLY, wall=WALL, key="before")
        yield database


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


async def put_back(backup: Path, live: Path) -> Restored:
    with staged(backup, live) as ready:
        return await ready.put_in_force(at=WALL, day=TODAY)


async def keys(database: Database) -> set[str | None]:
    async with database.read() as session:
        return set(await session.scalars(select(OutboxRow.key)))


async def add(database: Database, key: str) -> None:
    async with database.write() as session:
        queue(session, chat_id=1, kind=OutboxKind.REPLY, wall=WALL, key=key)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"store.db-wal", "store.db-shm"}


# ---- backup ----


async def test_a_backup_is_one_file_for_its_owner_that_says_what_it_holds(
    store: Database, live: Path, backup: Path
) -> None:
    held = take_backup(live, backup, overwrite=False)

    assert (held.size, held.messages, held.chats) == (backup.stat().st_size, 1, 1)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert files(live.parent) == {"store.db", "backup.db"}
    # 1: a file without a write-ahead log (sqlite.org/fileformat.html).
    assert backup.read_bytes()[18:20] == b"\1\1"


async def test_a_backup_while_others_write_is_the_state_of_one_moment(
    store: Database, live: Path, backup: Path
) -> None:
    # Two tables grow by one row in each transaction: a copy that is torn would have more of one.
    told_to_stop = threading.Event()
    written = threading.Semaphore(0)

    def write() -> None:
        with closing(sqlite3.connect(live, isolation_level=None)) as connection:
            number = 0
            while not told_to_stop.is_set():
                number += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(
                    "INSERT INTO agencies (code, name, kind, aliases) VALUES (?, ?, 'so', '[]')",
                    (f"A{number}", "x" * 2000),
                )
                connection.execute("INSERT INTO pace (channel) VALUES (?)", (f"c{number}",))
                connection.execute("COMMIT")
                written.release()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            for _ in range(20):
                written.acquire()
            take_backup(live, backup, overwrite=True)
            with closing(sqlite3.connect(backup)) as copy:
                [agencies] = copy.execute("SELECT count(*) FROM agencies").fetchone()
                [paces] = copy.execute("SELECT count(*) FROM pace").fetchone()
            assert agencies == paces > 0
    finally:
        told_to_stop.set()
        writer.join()


async def test_a_file_that_is_there_is_overwritten_only_on_demand(
    store: Database, live: Path, backup: Path
) -> None:
    backup.write_text("a letter")

    with pytest.raises(Unfit, match="is there already"):
        take_backup(live, backup, overwrite=False)
    kept = backup.read_text()
    take_backup(live, backup, overwrite=True)

    assert kept == "a letter"
    assert backup.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("name", ["store.db", "store.db-wal", "store.db.lock", "linked.db"])
async def test_the_database_itself_is_never_overwritten(store: Database, live: Path, name: str) -> None:
    (live.parent / "linked.db").symlink_to(live)

    with pytest.raises(Unfit, match="belongs to the database itself"):
        take_backup(live, live.parent / name, overwrite=True)

    assert await keys(store) == {"before"}


@pytest.mark.parametrize(
    ("target", "words"),
    [("nowhere/backup.db", "There is no folder"), (".", "is not a file")],
)
async def test_a_backup_needs_a_place(store: Database, live: Path, target: str, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        take_backup(live, live.parent / target, overwrite=True)


def test_nothing_is_made_where_no_database_is(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="There is no database"):
        take_backup(tmp_path / "store.db", tmp_path / "backup.db", overwrite=False)

    assert files(tmp_path) == set()


@pytest.mark.parametrize("words", ["PRAGMA journal_mode = WAL", "CREATE TABLE letters (words)"])
def test_a_database_that_no_bot_has_set_up_is_not_a_backup(tmp_path: Path, words: str) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute(words)

    with pytest.raises(Unfit, match="has not been set up yet") as refused:
        take_backup(tmp_path / "store.db", tmp_path / "backup.db", overwrite=False)

    assert "Start the bot once" in refused.value.remedy
    assert files(tmp_path) == {"store.db"}


async def test_what_is_damaged_is_not_a_backup(store: Database, live: Path, backup: Path) -> None:
    await store.close()
    spoil(live)

    with pytest.raises(Unfit, match="is damaged"):
        take_backup(live, backup, overwrite=False)

    assert files(live.parent) == {"store.db"}


def spoil(file: Path) -> None:
    """Overwrite a page in the middle, and leave the first as it is."""
    raw = bytearray(file.read_bytes())
    raw[4096 * 3 : 4096 * 20] = b"\xff" * 4096 * 17
    file.write_bytes(raw)


# ---- restore ----


async def test_a_restored_database_is_that_of_the_backup_for_those_who_have_it_open(
    store: Database, live: Path, backup: Path
) -> None:
    take_backup(live, backup, overwrite=False)
    await add(store, "after")

    restored = await put_back(backup, live)
    await add(store, "since")

    assert await keys(store) == {"before", "since"}
    assert restored.repeats == 1
    async with store.read() as session:
        before = await session.scalar(select(OutboxRow).where(OutboxRow.key == "before"))
        assert before is not None
        assert (before.state, before.repeat) == (OutboxState.QUEUED, True)
        restore = await last_restore(session)
    assert restore is not None
    assert restore.at == WALL


async def test_what_was_in_force_is_kept_beside_it(store: Database, live: Path, backup: Path) -> None:
    take_backup(live, backup, overwrite=False)
    await add(store, "after")

    first = await put_back(backup, live)
    second = await put_back(backup, live)

    assert first.kept == live.with_name("store.db.before-restore-20261123-190000")
    assert second.kept == live.with_name("store.db.before-restore-20261123-190000-2")
    for kept, expected in ((first.kept, {"before", "after"}), (second.kept, {"before"})):
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        with closing(sqlite3.connect(kept)) as connection:
            assert {key for (key,) in connection.execute("SELECT key FROM outbox")} == expected
    assert files(live.parent) == {"store.db", "backup.db", first.kept.name, second.kept.name}


async def test_the_same_backup_twice_is_two_restores(store: Database, live: Path, backup: Path) -> None:
    take_backup(live, backup, overwrite=False)
    seen = []
    for at in (WALL, WALL.replace(hour=13)):
        with staged(backup, live) as ready:
            await ready.put_in_force(at=at, day=TODAY)
        async with store.read() as session:
            seen.append(await last_restore(session))

    assert seen[0] != seen[1]


async def test_the_backup_itself_is_only_read(store: Database, live: Path, backup: Path) -> None:
    take_backup(live, backup, overwrite=False)
    before = backup.read_bytes()

    await put_back(backup, live)

    assert backup.read_bytes() == before


async def test_a_copy_made_by_hand_with_its_log_beside_it_is_whole(
    store: Database, live: Path, backup: Path
) -> None:
    for suffix in ("", "-wal"):
        backup.with_name(f"backup.db{suffix}").write_bytes(live.with_name(f"store.db{suffix}").read_bytes())
    await add(store, "after")

    await put_back(backup, live)

    assert await keys(store) == {"before"}


async def test_a_backup_with_pages_of_another_size_is_put_in_force_too(
    store: Database, live: Path, backup: Path
) -> None:
    take_backup(live, backup, overwrite=False)
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    await add(store, "after")

    await put_back(backup, live)

    assert await keys(store) == {"before"}


async def test_a_reader_in_the_middle_of_something_sees_what_it_began_with(
    store: Database, live: Path, backup: Path
) -> None:
    take_backup(live, backup, overwrite=False)
    await add(store, "after")

    async with store.read() as session:
        one = len(list(await session.scalars(select(OutboxRow.id))))
        await put_back(backup, live)
        two = len(list(await session.scalars(select(OutboxRow.key))))

    assert (one, two) == (2, 2)
    assert await keys(store) == {"before"}


@pytest.mark.parametrize("left", ["", "-wal"])
async def test_a_lost_database_comes_back(store: Database, live: Path, backup: Path, left: str) -> None:
    take_backup(live, backup, overwrite=False)
    await store.close()
    live.unlink()
    if left:
        live.with_name(f"store.db{left}").write_bytes(b"of another file")

    restored = await put_back(backup, live)

    assert await keys(store) == {"before"}
    assert (restored.kept is not None) is bool(left)


async def test_a_database_without_a_log_of_its_own_is_put_out_of_force_too(
    store: Database, live: Path, backup: Path
) -> None:
    take_backup(live, backup, overwrite=False)
    await store.close()
    live.write_bytes(b"")

    await put_back(backup, live)

    assert await keys(store) == {"before"}


async def test_a_damaged_database_is_moved_aside_unless_a_bot_runs_on_it(
    store: Database, live: Path, backup: Path
) -> None:
    take_backup(live, backup, overwrite=False)
    await store.close()
    live.write_bytes(b"no database any more" * 400)

    with held_alone(live), pytest.raises(AlreadyHeld):
        await put_back(backup, live)
    while_held = live.read_bytes()
    restored = await put_back(backup, live)

    assert while_held.startswith(b"no database any more")
    assert restored.kept is not None
    assert restored.kept.read_bytes() == while_held
    assert stat.S_IMODE(live.stat().st_mode) == 0o600
    assert await keys(store) == {"before"}


async def test_a_database_with_damaged_pages_is_put_out_of_force(
    store: Database, live: Path, backup: Path
) -> None:
    take_backup(live, backup, overwrite=False)
    await store.close()
    spoil(live)

    await put_back(backup, live)

    assert await keys(store) == {"before"}


def _a_letter(file: Path) -> None:
    file.write_text("Kính gửi Sở Tư pháp " * 300)


def _nothing(file: Path) -> None:
    file.write_bytes(b"")


def _somebody_elses(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
        connection.commit()


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: 4096 * 10])


def _of_a_newer_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_a_letter, "is not a SQLite database"),
        (_nothing, "is not a database of Nhắc Việc"),
        (_somebody_elses, "is not a database of Nhắc Việc"),
        (spoil, "is damaged"),
        (_cut_short, "is damaged"),
        (_of_a_newer_version, "has a schema that this version does not know: 9999"),
        (Path.unlink, "There is no file"),
    ],
)
async def test_what_is_no_backup_of_ours_is_refused_and_nothing_is_changed(
    store: Database, live: Path, backup: Path, make: Callable[[Path], None], words: str
) -> None:
    take_backup(live, backup, overwrite=False)
    if make is _somebody_elses:
        backup.unlink()
    make(backup)
    there = files(live.parent)

    with pytest.raises(Unfit, match=words) as refused, staged(backup, live):
        pass

    assert str(backup) in refused.value.problem
    assert refused.value.remedy
    assert files(live.parent) == there
    assert await keys(store) == {"before"}


async def test_the_database_in_force_is_no_backup_of_itself(store: Database, live: Path) -> None:
    with pytest.raises(Unfit, match="is the database in force itself"), staged(live, live):
        pass


async def test_when_what_is_in_force_cannot_be_kept_it_stays_in_force(
    store: Database, live: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_backup(live, backup, overwrite=False)
    await add(store, "after")

    with staged(backup, live) as ready:
        # Its name is taken by a folder in the last moment.
        monkeypatch.setattr("store.backup._unused", lambda live, at: live.parent / "no" / "folder")
        with pytest.raises(OSError, match="No such file"):
            await ready.put_in_force(at=WALL, day=TODAY)

    await add(store, "since")
    assert await keys(store) == {"before", "after", "since"}
