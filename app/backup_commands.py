"""`nhacviec backup` and `nhacviec restore`: keep the database safe, and put what was kept back in force."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy.exc import SQLAlchemyError

from app.clock import wall_clock
from app.console import errors_for_people, out, settings
from app.errors import SettingError
from app.logs import set_up_logs
from plan.vietnam import day_of
from store.backup import Restored, Staged, staged, take_backup
from store.copies import Holdings, Unfit
from store.database import sqlite_file
from store.lock import AlreadyHeld

_BACKUP = Annotated[Path, typer.Argument(metavar="FILE", help="The backup's file.", show_default=False)]


def backup(
    file: _BACKUP,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
) -> None:
    """Write a whole copy of the database into a file, also while the bot runs.

    The copy is the state of one moment. It is checked, and only this user can read it: it holds who does what, and how
    to reach them.

    Example: nhacviec backup nhacviec-2023-03-13.db
    """
    set_up_logs("WARNING", for_people=True)
    with errors_for_people(), _failures_for_people("The backup was not made"):
        held = take_backup(_live("pg_dump"), file, overwrite=force)
    out.print(f"Backup written: {escape(str(file))}", soft_wrap=True)
    out.print(f"It holds {_in_words(held)}.")


def restore(
    file: _BACKUP,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup back in force, with the bot stopped or running; what is in force now is kept beside it.

    What people did and what was sent since the backup was taken is not in it: messages that may have arrived already are
    sent again, marked as repeats.
    """
    set_up_logs("WARNING", for_people=True)
    with errors_for_people(), _failures_for_people("Nothing was changed"):
        live = _live("pg_restore")
        with staged(file, live) as ready:
            out.print(f"{escape(str(file))} holds {_in_words(ready.holds)}.", soft_wrap=True)
            if not yes:
                typer.confirm(f"Put it in force in place of {live}?", abort=True)
            restored = asyncio.run(_put_in_force(ready))
    out.print("It is in force. A bot that runs goes on with it.")
    if restored.kept is not None:
        out.print(f"What was in force until now is kept: {escape(str(restored.kept))}", soft_wrap=True)
    if restored.repeats:
        out.print(f"{restored.repeats} messages that wait in it leave marked as repeats.")


async def _put_in_force(ready: Staged) -> Restored:
    now = wall_clock()
    return await ready.put_in_force(at=now, day=day_of(now))


def _live(tool: str) -> Path:
    file = sqlite_file(settings().database_url)
    if file is None:
        raise SettingError(
            "DATABASE_URL names no SQLite file: this command is for those.",
            f"For PostgreSQL use its own {tool}; see docs/operations.md.",
        )
    return file


@contextmanager
def _failures_for_people(outcome: str) -> Iterator[None]:
    try:
        yield
    except Unfit as unfit:
        raise SettingError(unfit.problem, unfit.remedy) from unfit
    except AlreadyHeld as held:
        raise SettingError(
            f"{held.file} is damaged, and a bot runs on it.", "Stop the bot, then restore."
        ) from held
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise SettingError(
            f"{outcome}: {error}", "Is there room on the disk, and may this user read and write there?"
        ) from error


def _in_words(held: Holdings) -> str:
    return (
        f"{held.size / 1e6:.1f} MB: {held.plans} plans, {held.assignments} assignments ({held.done} done),"
        f" {held.chats} bound chats, {held.messages} messages"
    )
