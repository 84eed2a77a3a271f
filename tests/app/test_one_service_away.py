"""Two messaging services of which one cannot be reached when the bot starts: the other does not wait for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select

from app.clock import RehearsalClock
from app.rules import read_rules
from app.service import Service, running
from scheduler.clockwork import Rhythm
from store.states import OutboxState
from store.tables import ChatRow, OutboxRow
from tests import ports
from tests.app.town import AT_ONCE, BOTH, TELEGRAM, ZALO, Town, eventually, open_town, quiet, settings_for
from tests.plan.small_plan import write_plan
from tests.worlds import at, bind_all_chats

# Seconds: a bot that waits for the service out of reach would wait for ever.
_STARTS_WITHIN = 60
LAN, MINH = 1001, 1002
RESTLESS = Rhythm(scan=0.2, refresh=3600, leases=0.3, watch=0.3)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.lines._PATIENCE_WITH_OTHERS", 0.1)
    monkeypatch.setattr("app.lines.UNHEARD", timedelta(0))
    for line in ("telegram_line", "zalo_line"):
        monkeypatch.setattr(f"app.{line}._CONNECT_PAUSE", 0.05)


@asynccontextmanager
async def way_to(url: str, port: int) -> AsyncIterator[None]:
    """Whoever comes to that port is led to the server at the URL."""
    there = urlsplit(url)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while some := await reader.read(65536):
                writer.write(some)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        further, back = await asyncio.open_connection(there.hostname, there.port)
        await asyncio.gather(pass_on(reader, back), pass_on(further, writer))

    server = await asyncio.start_server(lead, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


@asynccontextmanager
async def bot(town: Town, folder: Path, clock: RehearsalClock, **more: str) -> AsyncIterator[Service]:
    settings = settings_for(town.url, folder, nhacviec_plans=str(write_plan(folder)), **more)
    async with running(
        settings, read_rules(settings), tokens=BOTH, clock=clock, rhythm=RESTLESS, pace=AT_ONCE
    ) as service:
        yield service


@pytest.mark.parametrize("away", [TELEGRAM, ZALO])
async def test_the_other_service_is_served_and_what_waited_leaves_when_the_first_is_there(
    away: str, tmp_path: Path, free_port: int
) -> None:
    clock = RehearsalClock(at("2023-03-06", "20:00"), speed=0)
    wrong_port = ports.free_port()
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(open_town())
        chats = {
            TELEGRAM: await town.person(LAN, "Lan"),
            ZALO: await town.person(MINH, "Minh", on=ZALO),
        }
        people = {chats[TELEGRAM]: LAN, chats[ZALO]: MINH}
        out, here = chats.pop(away), next(iter(chats.values()))
        async with bot(town, tmp_path, clock) as first:
            for chat in (out, here):
                await town.says(chat, "/due", who=people[chat])
            await quiet(first.database, updates=town.updates)
            await bind_all_chats(first.database, "STP")
        before = {chat: len(await town.heard(chat)) for chat in (out, here)}

        path = "/zalo" if away == ZALO else ""
        wrong = {f"{away}_api_url": f"http://127.0.0.1:{wrong_port}{path}"}
        async with asyncio.timeout(_STARTS_WITHIN):
            service = await stack.enter_async_context(
                bot(town, tmp_path, clock, nhacviec_listen=f"127.0.0.1:{free_port}", **wrong)
            )
        visitor = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}", trust_env=False)
        )

        async def troubles() -> list[str]:
            return [one["detail"] for one in (await visitor.get("/health")).json().get("troubles", [])]

        async def is_missed() -> bool:
            return f"{away} has not been reached yet" in await troubles()

        async def is_well() -> bool:
            return (await visitor.get("/health")).status_code == 200

        async def heard(chat: int, times: int) -> bool:
            return len(await town.heard(chat)) - before[chat] >= times

        async def waits() -> bool:
            async with service.database.read() as session:
                rows = await session.scalars(
                    select(OutboxRow.state)
                    .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
                    .where(ChatRow.channel == away, OutboxRow.state != OutboxState.SENT)
                )
                return rows.all() == [OutboxState.QUEUED]

        await eventually(is_missed)
        clock.set(at("2023-03-07", "07:30"), speed=0)
        await eventually(lambda: heard(here, 1))
        await eventually(waits)
        await town.says(here, "/due", who=people[here])
        await eventually(lambda: heard(here, 2))
        # Written while nobody listened.
        await town.says(out, "/due", who=people[out])

        await stack.enter_async_context(way_to(town.url, wrong_port))
        await eventually(lambda: heard(out, 2))
        await quiet(service.database, updates=town.updates)
        await eventually(is_well)

        for chat in (out, here):
            new = (await town.texts(chat))[before[chat] :]
            assert len(new) == 2
            assert sum("🔔" in text for text in new) == 1
            assert not any("gửi lại" in text for text in new)
