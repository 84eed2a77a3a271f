"""Private addresses of calendars: one in force for a chat, its token nowhere in the store."""

from datetime import date

from sqlalchemy import select

from store.calendar_links import link_behind, link_of, make_link, note_use, revoke_link
from store.database import Database
from store.tables import CalendarLinkRow, ChatRow
from tests.worlds import at, bound_chat

MONDAY, TUESDAY = at("2023-03-13"), at("2023-03-14")


async def a_chat(database: Database, address: str = "77") -> ChatRow:
    return await bound_chat(database, address, "STP")


async def made(database: Database, chat: ChatRow) -> str:
    async with database.write() as session:
        return await make_link(session, chat, now=MONDAY)


async def behind(database: Database, token: str) -> int | None:
    async with database.read() as session:
        found = await link_behind(session, token)
        return found.chat_id if found else None


async def test_a_token_leads_to_its_chat_and_is_kept_as_a_hash_only(database: Database) -> None:
    chat, other = await a_chat(database), await a_chat(database, "78")

    token, others = await made(database, chat), await made(database, other)

    assert (await behind(database, token), await behind(database, others)) == (chat.id, other.id)
    assert len(token) == 43
    async with database.read() as session:
        rows = list(await session.scalars(select(CalendarLinkRow)))
    assert token not in "".join(repr(vars(row)) for row in rows)


async def test_a_new_one_revokes_the_old_one(database: Database) -> None:
    chat = await a_chat(database)

    old, new = await made(database, chat), await made(database, chat)

    assert (await behind(database, old), await behind(database, new)) == (None, chat.id)


async def test_what_is_revoked_or_was_never_made_leads_nowhere(database: Database) -> None:
    chat = await a_chat(database)
    token = await made(database, chat)

    async with database.write() as session:
        had_one = await revoke_link(session, chat, now=TUESDAY)
        again = await revoke_link(session, chat, now=TUESDAY)

    assert (had_one, again) == (True, False)
    for wrong in (token, "", "x" * 43, token.lower(), f"{token} ", "\x00", "\ud800"):
        assert await behind(database, wrong) is None


async def test_its_last_use_is_known_by_the_day(database: Database) -> None:
    chat = await a_chat(database)
    token = await made(database, chat)

    for day in (date(2023, 3, 13), date(2023, 3, 14), date(2023, 3, 13)):
        async with database.write() as session:
            await note_use(session, token, day)

    async with database.read() as session:
        link = await link_of(session, chat)
    assert link is not None
    assert (link.since, link.last_used) == (MONDAY, date(2023, 3, 14))
