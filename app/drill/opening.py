"""What stands before the first kill: a sandbox, an empty store with the real plan, and every agency's chat bound."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from datetime import time as hour
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from app.drill.bots import LEASE, PACE, RHYTHM
from app.drill.town import Group, Town
from app.errors import SettingError
from app.logs import redact
from app.rehearsal import TOKEN, Sandbox, SandboxClock, bind_everybody, sandbox_process
from app.rules import Rules
from app.service import running
from config.settings import Settings, Tokens
from plan.load import load_plan
from plan.model import Plan
from plan.vietnam import instant_of
from store.database import Database

FIRST_DAY = date(2023, 3, 7)
EVE = hour(7, 25)
_PATIENCE_SECONDS = 60
_LOOK_EVERY = 0.1


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the drill takes place. `groups` are the agencies' chats by code."""

    settings: Settings
    plan: Plan
    rules: Rules
    town: Town
    groups: dict[str, Group]
    database: Database


@asynccontextmanager
async def opened(settings: Settings, rules: Rules, folder: Path) -> AsyncIterator[Stage]:
    """Everything made ready; the clock stands before the first morning. Raises SettingError, PlanRejected."""
    plan, _ = load_plan(settings.nhacviec_plans[0])
    await _see_that_it_is_empty(settings.database_url)
    start = instant_of(FIRST_DAY, EVE)
    async with sandbox_process(
        port=_free_port(), state=folder / "sandbox.json", clock_from=start, clock_speed=1.0
    ) as sandbox:
        chosen = settings.model_copy(update={"telegram_api_url": sandbox.url, "telegram_proxy": None})
        town = Town(sandbox)
        await town.lift_limits()
        await town.set_clock(start)
        await _bind(sandbox, town, chosen, rules)
        titles = await town.groups()
        groups = {code: titles[agency.name] for code, agency in plan.agencies.items()}
        database = Database(chosen.database_url)
        try:
            yield Stage(settings=chosen, plan=plan, rules=rules, town=town, groups=groups, database=database)
        finally:
            await database.close()


async def _bind(sandbox: Sandbox, town: Town, settings: Settings, rules: Rules) -> None:
    """By invites, as officers do it, with a bot that nobody kills; every officer has an answer when it ends."""
    clock = SandboxClock(sandbox)
    await clock.follow_once()
    async with running(
        settings, rules, tokens=Tokens(telegram=TOKEN), clock=clock, rhythm=RHYTHM, pace=PACE, lease=LEASE
    ) as service:
        await bind_everybody(sandbox, service, clock)
        end = time.monotonic() + _PATIENCE_SECONDS
        while not await _all_are_answered(town):
            if time.monotonic() > end:
                raise SettingError(
                    "The chats' invites are not answered.", "Try again; look at the log lines above."
                )
            await asyncio.sleep(_LOOK_EVERY)


async def _all_are_answered(town: Town) -> bool:
    for group in (await town.groups()).values():
        if not any(message.outgoing for message in await town.seen(group.chat)):
            return False
    return True


async def _see_that_it_is_empty(url: str) -> None:
    """What is in a database is somebody's: a drill writes into none that holds anything."""
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            tables = await connection.run_sync(_tables)
    except DBAPIError as error:
        raise SettingError(
            f"The database cannot be used: {redact(str(error.orig))}",
            "Is the address right, does the server run, and may this user write there?",
        ) from error
    finally:
        await database.close()
    if tables:
        raise SettingError(
            f"The database is not empty: it has the table {tables[0]}.",
            "Name an empty one: a drill fills it with a year's work of its own.",
        )


def _tables(connection: Connection) -> list[str]:
    return sorted(inspect(connection).get_table_names())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
