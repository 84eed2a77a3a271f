"""The door to calendars: who knows the address reads, nobody else does, and no address is written down anywhere."""

import logging
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import icalendar
import pytest
from sqlalchemy import text

from store.calendar_links import link_of, make_link, revoke_link
from store.chats import find_chat, move_chat
from store.database import Database
from store.tables import BindingRow, ChatRow
from tests.web.conftest import Serve
from tests.worlds import TIMETABLE, at, bound_chat, bring_in, dated, plan, task
from web.calendar_door import calendar_door

NOW = at("2023-03-13")


@pytest.fixture
async def chat(database: Database) -> ChatRow:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    return await bound_chat(database, "77", "STP")


@pytest.fixture
async def visitor(serve: Serve, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(calendar_door(database, TIMETABLE, lambda: NOW)) as opened:
        yield opened


async def a_token(database: Database, chat: ChatRow) -> str:
    async with database.write() as session:
        return await make_link(session, chat, now=NOW)


def days(answer: httpx.Response) -> list[str]:
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")]


async def test_the_address_gives_the_calendar_as_it_is_now(
    visitor: httpx.AsyncClient, database: Database, chat: ChatRow
) -> None:
    token = await a_token(database, chat)

    answer = await visitor.get(f"/calendar/{token}.ics")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "private" in answer.headers["Cache-Control"]
    assert days(answer) == ["1.1 Kế hoạch – hạn"]


async def test_who_has_it_as_it_is_gets_nothing_and_who_has_an_older_one_the_new(
    visitor: httpx.AsyncClient, database: Database, chat: ChatRow
) -> None:
    path = f"/calendar/{await a_token(database, chat)}.ics"
    tag = (await visitor.get(path)).headers["ETag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        same = await visitor.get(path, headers={"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-13")
    moved = await visitor.get(path, headers={"If-None-Match": tag})

    assert moved.status_code == 200
    assert moved.headers["ETag"] != tag


async def test_a_head_tells_as_much_without_the_calendar(
    visitor: httpx.AsyncClient, database: Database, chat: ChatRow
) -> None:
    answer = await visitor.head(f"/calendar/{await a_token(database, chat)}.ics")

    assert (answer.status_code, answer.content) == (200, b"")


async def test_unknown_and_revoked_addresses_are_the_same_to_whoever_asks(
    visitor: httpx.AsyncClient, database: Database, chat: ChatRow
) -> None:
    token = await a_token(database, chat)
    async with database.write() as session:
        await revoke_link(session, chat, now=NOW)

    answers = [
        await visitor.get(f"/calendar/{wrong}.ics")
        for wrong in (
            token,
            "x" * 43,
            "x",
            "%00",
            "%ED%A0%80",
            "a" * 5000,
            "..%2F..%2Fetc",
            "'; DROP TABLE chats; --",
        )
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert {tuple(answer.headers.keys()) for answer in answers[:3]} == {tuple(answers[0].headers.keys())}


@pytest.mark.parametrize(
    "path", ["/calendar", "/calendar/", "/calendar/.ics", "/calendar/x", "/calendar/x.ics/y"]
)
async def test_nothing_else_is_behind_the_door(visitor: httpx.AsyncClient, path: str) -> None:
    assert (await visitor.get(path)).status_code == 404


async def test_it_is_for_reading_only(visitor: httpx.AsyncClient, database: Database, chat: ChatRow) -> None:
    assert (await visitor.post(f"/calendar/{await a_token(database, chat)}.ics")).status_code == 405


async def test_a_chat_that_is_bound_no_more_empties_the_calendars_of_its_subscribers(
    visitor: httpx.AsyncClient, database: Database, chat: ChatRow
) -> None:
    path = f"/calendar/{await a_token(database, chat)}.ics"
    async with database.write() as session:
        binding = await session.get_one(BindingRow, 1)
        binding.ended_at = NOW

    answer = await visitor.get(path)

    assert (answer.status_code, days(answer)) == (200, [])


async def test_the_day_of_its_last_use_is_kept(
    visitor: httpx.AsyncClient, database: Database, chat: ChatRow
) -> None:
    path = f"/calendar/{await a_token(database, chat)}.ics"

    await visitor.get(path)

    async with database.read() as session:
        link = await link_of(session, chat)
    assert link is not None
    assert link.last_used == NOW.date()


async def test_while_the_database_is_away_it_asks_to_come_again(
    visitor: httpx.AsyncClient, database: Database, chat: ChatRow
) -> None:
    token = await a_token(database, chat)
    async with database.write() as session:
        await session.execute(text("ALTER TABLE calendar_links RENAME TO gone"))

    answer = await visitor.get(f"/calendar/{token}.ics")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")


async def test_no_log_names_the_address(
    serve: Serve,
    database: Database,
    chat: ChatRow,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither of those that are in force, nor of wrong ones, nor when something breaks."""
    token = await a_token(database, chat)

    def broken() -> datetime:
        raise RuntimeError("nobody foresaw this")

    with caplog.at_level(logging.DEBUG):
        for clock in (lambda: NOW, broken):
            async with serve(calendar_door(database, TIMETABLE, clock)) as visitor:
                statuses = [
                    (await visitor.get(f"/calendar/{one}.ics")).status_code for one in (token, "x" * 43)
                ]
                if clock is broken:
                    assert statuses == [500, 500]
        async with database.write() as session:
            await session.execute(text("ALTER TABLE calendar_links RENAME TO gone"))
        async with serve(calendar_door(database, TIMETABLE, lambda: NOW)) as visitor:
            await visitor.get(f"/calendar/{token}.ics")

    # What the visitor itself writes down is another program's.
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    said = "\n".join([*(logging.Formatter().format(record) for record in ours), *capfd.readouterr()])
    assert "nobody foresaw this" in said
    assert "not available" in said
    assert token not in said
    assert "x" * 43 not in said


async def test_a_chat_that_moves_keeps_its_address(
    visitor: httpx.AsyncClient, database: Database, chat: ChatRow
) -> None:
    path = f"/calendar/{await a_token(database, chat)}.ics"
    async with database.write() as session:
        await move_chat(session, channel="telegram", old="77", new="-10077")
        assert await find_chat(session, channel="telegram", address="-10077") is not None

    assert days(await visitor.get(path)) == ["1.1 Kế hoạch – hạn"]
