"""Backups of a SQLite store: taken while a bot writes, and put back in force under a bot that goes on.

A backup that is put back goes through four steps, and only the last touches what is in force:
1. copy the file to a folder of its own beside the database, and look through the copy;
2. bring the copy to the schema of this program;
3. write the restore into it (see store.restores);
4. overwrite the database in one transaction of SQLite's, having kept a copy of what was in force until then.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import URL

from plan.vietnam import local
from store.copies import (
    Holdings,
    NotOurs,
    Unfit,
    copy_whole,
    flush,
    holdings,
    opened,
    patient,
    put_in_place,
    stand_alone,
    temporary_beside,
)
from store.database import Database
from store.lock import held_alone
from store.migrate import known_revisions, migrate
from store.outages import sqlite_code
from store.restores import record_restore

_WITH_THE_DATABASE = ("", "-wal", "-shm", "-journal", ".lock")
_WITH_A_BACKUP = ("", "-wal", "-journal")
# Fewer than any database of ours has, so that the first step is never the last.
_PAGES_A_STEP = 8


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore did: `kept` is the copy of what was in force, if anything was; `repeats` are the messages that wait
    in the backup and may have been sent since."""

    kept: Path | None
    repeats: int


def take_backup(live: Path, target: Path, *, overwrite: bool) -> Holdings:
    """Write what is in force to `target`, for its owner alone to read; it appears there whole and checked, or not at all.

    Raises Unfit when that cannot be, and sqlite3.Error and OSError.
    """
    _see_that_it_may_be_written(live, target, overwrite=overwrite)
    with temporary_beside(target) as temporary:
        copy_whole(live, temporary)
        try:
            held = holdings(temporary, called=live)
        except NotOurs as error:
            raise Unfit(
                f"The database {live} has not been set up yet.",
                "Start the bot once (`nhacviec run`): it does that. Or does DATABASE_URL name another file?",
            ) from error
        put_in_place(temporary, target)
    return held


def _see_that_it_may_be_written(live: Path, target: Path, *, overwrite: bool) -> None:
    if not live.exists():
        raise Unfit(
            f"There is no database at {live} yet.", "Is DATABASE_URL right? Was the bot ever started?"
        )
    if not target.parent.is_dir():
        raise Unfit(f"There is no folder {target.parent}.", "Make it, or name a file in another folder.")
    if target.resolve() in [_beside(live, suffix) for suffix in _WITH_THE_DATABASE]:
        raise Unfit(f"{target} belongs to the database itself.", "Name another file.")
    if target.exists() and not target.is_file():
        raise Unfit(f"{target} is not a file.", "Name a file.")
    if target.exists() and not overwrite:
        raise Unfit(f"{target} is there already.", "Name another file, or overwrite it with --force.")


class Staged:
    """A backup's copy beside the database in force, looked through and ready to be put in force."""

    def __init__(self, copy: Path, live: Path, holds: Holdings) -> None:
        self._copy = copy
        self._live = live
        self.holds = holds

    async def put_in_force(self, *, at: datetime, day: date) -> Restored:
        """Let the database be this backup from now on, in one step for all who use it. `at` is wall time, `day` the
        business day in Vietnam. Raises Unfit, sqlite3.Error, OSError and SQLAlchemyError; nothing is changed then."""
        repeats = await self._made_ready(at, day)
        kept = _unused(self._live, at)
        if _is_readable(self._live):
            _overwrite(self._live, self._copy, kept)
            return Restored(kept=kept, repeats=repeats)
        with held_alone(self._live):
            moved = _move_aside(self._live, kept)
            self._copy.chmod(0o600)
            put_in_place(self._copy, self._live)
        return Restored(kept=kept if moved else None, repeats=repeats)

    async def _made_ready(self, at: datetime, day: date) -> int:
        database = Database(URL.create("sqlite", database=str(self._copy)))
        try:
            await migrate(database)
            async with database.write() as session:
                repeats = await record_restore(session, at=at, day=day)
        finally:
            await database.close()
        with opened(self._copy) as connection:
            stand_alone(connection)
            _take_page_size(connection, self._live)
        flush(self._copy)
        return repeats


@contextmanager
def staged(backup: Path, live: Path) -> Iterator[Staged]:
    """Copy a backup to beside the database and look through it; the copy is gone when the block ends. The backup itself
    is only read. Raises Unfit when it must not be put in force, and sqlite3.Error and OSError."""
    if not backup.is_file():
        raise Unfit(f"There is no file {backup}.", "Name a file that `nhacviec backup` has written.")
    if live.exists() and backup.samefile(live):
        raise Unfit(f"{backup} is the database in force itself.", "Name a backup of it.")
    live.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{live.name}.restore-", dir=live.parent) as folder:
        copy = Path(folder) / "copy.db"
        for suffix in _WITH_A_BACKUP:
            # A database that was copied by hand may have its log beside it.
            if _beside(backup, suffix).is_file():
                shutil.copyfile(_beside(backup, suffix), _beside(copy, suffix))
        held = holdings(copy, called=backup)
        if held.revision not in known_revisions():
            raise Unfit(
                f"{backup} has a schema that this version does not know: {held.revision}.",
                "It was written by a newer version of Nhắc Việc: restore it with that one.",
            )
        yield Staged(copy, live, held)


def _overwrite(live: Path, copy: Path, kept: Path) -> None:
    """One transaction: others see what was before it, then what is after it. The first step of SQLite's backup shuts out
    other writers; what is kept is taken then, so that nothing falls in between."""
    with opened(live) as into, opened(copy) as source, temporary_beside(kept) as temporary:

        def keep() -> None:
            if not kept.exists():
                copy_whole(live, temporary)
                put_in_place(temporary, kept)

        # Only so can it be read while it is being overwritten.
        into.execute("PRAGMA journal_mode = WAL")
        source.backup(into, pages=_PAGES_A_STEP, progress=patient(keep))


def _is_readable(live: Path) -> bool:
    """Whether the database is there and SQLite can write a transaction into it, whatever is in it."""
    if not live.exists():
        return False
    try:
        with opened(live) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError as error:
        if sqlite_code(error) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return False
        raise
    return True


def _move_aside(live: Path, kept: Path) -> bool:
    """A damaged database, or what is left of one, must not meet the file that takes its place."""
    moved = False
    for suffix in ("", "-wal", "-shm", "-journal"):
        if _beside(live, suffix).exists():
            _beside(live, suffix).rename(_beside(kept, suffix))
            moved = True
    return moved


def _take_page_size(copy: sqlite3.Connection, live: Path) -> None:
    """SQLite overwrites a database only with pages of the same size."""
    if not _is_readable(live):
        return
    with opened(live) as connection:
        [wanted] = connection.execute("PRAGMA page_size").fetchone()
    if [(wanted,)] != copy.execute("PRAGMA page_size").fetchall():
        copy.execute(f"PRAGMA page_size = {int(wanted)}")
        copy.execute("VACUUM")


def _unused(live: Path, at: datetime) -> Path:
    name = f"{live.name}.before-restore-{local(at):%Y%m%d-%H%M%S}"
    taken = {path.name for path in live.parent.glob(f"{live.name}.before-restore-*")}
    number = 1
    while (unused := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return live.with_name(unused)


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(f"{file.name}{suffix}")
