"""Invites: one chat, one time, for a week; guessing is limited. And what ends with them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from store.bindings import bindings_held, end_bindings, offices_left_without
from store.chats import agencies_of, chat_for, find_chat, move_chat
from store.database import Database
from store.invites import (
    INVITE_LIFETIME,
    TRIES,
    TRIES_WINDOW,
    Bound,
    InviteVerdict,
    accept_invite,
    bind,
    make_invite,
)
from store.states import ChatKind, Role
from store.tables import BindingRow, ChatRow, InviteRow
from tests.worlds import ONGOING, at, bound_chat, bring_in, plan, task

NOW = at("2023-03-07")


async def invited(database: Database, agency: str = "STP") -> str:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    async with database.write() as session:
        return await make_invite(session, role=Role.OFFICER, agency=agency, now=NOW)


async def typed(
    database: Database, code: str, *, address: str = "1", person: str = "9", now: object = NOW
) -> Bound:
    async with database.write() as session:
        chat = await chat_for(session, channel="telegram", address=address, kind=ChatKind.PRIVATE)
        return await accept_invite(session, code=code, chat=chat, person=person, now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "as_typed", [lambda code: code, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "]
)
async def test_a_code_binds_however_it_is_typed(database: Database, as_typed: object) -> None:
    code = await invited(database)

    bound = await typed(database, as_typed(code))  # type: ignore[operator]

    assert bound.verdict is InviteVerdict.BOUND
    assert bound.agency is not None
    assert bound.agency.name == "Sở Tư pháp"


async def test_a_code_works_once(database: Database) -> None:
    code = await invited(database)
    await typed(database, code, address="1")

    same_chat = await typed(database, code, address="1")
    other_chat = await typed(database, code, address="2")

    assert same_chat.verdict is InviteVerdict.ALREADY_BOUND
    assert other_chat.verdict is InviteVerdict.USED


async def test_a_code_expires_after_a_week(database: Database) -> None:
    code = await invited(database)

    late = await typed(database, code, now=NOW + INVITE_LIFETIME)

    assert late.verdict is InviteVerdict.EXPIRED


async def test_guessing_is_limited_per_person_and_for_an_hour(database: Database) -> None:
    code = await invited(database)
    for number in range(TRIES):
        assert (await typed(database, f"WRONG-{number}")).verdict is InviteVerdict.UNKNOWN

    blocked = await typed(database, code)
    another_person = await typed(database, "WRONG", person="10")
    later = await typed(database, code, now=NOW + TRIES_WINDOW + timedelta(seconds=1))

    assert blocked.verdict is InviteVerdict.TOO_MANY_TRIES
    assert another_person.verdict is InviteVerdict.UNKNOWN
    assert later.verdict is InviteVerdict.BOUND


async def test_only_the_hash_of_a_code_is_kept(database: Database) -> None:
    code = await invited(database)

    async with database.read() as session:
        row = (await session.scalars(select(InviteRow))).one()
    assert code.replace("-", "") not in repr(vars(row))


async def test_a_group_that_became_a_supergroup_keeps_its_binding(database: Database) -> None:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    old = await bound_chat(database, "-5", "STP", group=True)

    async with database.write() as session:
        await move_chat(session, channel="telegram", old="-5", new="-1005")

    async with database.read() as session:
        chat = (await session.scalars(select(ChatRow).where(ChatRow.address == "-1005"))).one()
        assert chat.id == old.id
        assert [agency.code for agency in await agencies_of(session, chat.id)] == ["STP"]


async def test_a_supergroup_that_wrote_first_is_merged_with_the_old_group(database: Database) -> None:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    old = await bound_chat(database, "-5", "STP", group=True)
    await bound_chat(database, "-1005", "SNV", group=True)

    async with database.write() as session:
        await move_chat(session, channel="telegram", old="-5", new="-1005")

    async with database.read() as session:
        live = {
            (row.chat_id, row.agency)
            for row in await session.scalars(select(BindingRow).where(BindingRow.ended_at.is_(None)))
        }
    assert live == {(old.id, "STP"), (old.id, "SNV")}


# ---- several processes ----


async def test_several_that_see_a_chat_first_at_once_make_one_of_it(postgresql: Database) -> None:
    async def see() -> int:
        async with postgresql.write() as session:
            chat = await chat_for(session, channel="telegram", address="1", kind=ChatKind.PRIVATE)
            return chat.id

    seen = await asyncio.gather(*(see() for _ in range(8)))

    assert len(set(seen)) == 1


async def test_a_code_typed_in_two_chats_at_once_binds_one_of_them(postgresql: Database) -> None:
    code = await invited(postgresql)

    bound = await asyncio.gather(*(typed(postgresql, code, address=str(number)) for number in range(4)))

    assert sorted(one.verdict for one in bound) == [InviteVerdict.BOUND, *[InviteVerdict.USED] * 3]


async def test_two_codes_for_the_same_agency_typed_at_once_in_a_chat_bind_it_once(
    postgresql: Database,
) -> None:
    codes = [await invited(postgresql), await invited(postgresql)]

    await asyncio.gather(*(typed(postgresql, code) for code in codes))

    async with postgresql.read() as session:
        assert len(list(await session.scalars(select(BindingRow)))) == 1


async def test_a_group_that_moves_while_its_new_address_writes_ends_as_one_chat(postgresql: Database) -> None:
    await bring_in(postgresql, plan(task("1.1", ONGOING)), on="2023-03-07")
    for number in range(10):
        await bound_chat(postgresql, f"-{number}", "STP", group=True)

    async def move(number: int) -> None:
        async with postgresql.write() as session:
            await move_chat(session, channel="telegram", old=f"-{number}", new=f"-100{number}")

    async def write(number: int) -> None:
        async with postgresql.write() as session:
            await chat_for(session, channel="telegram", address=f"-100{number}", kind=ChatKind.GROUP)

    await asyncio.gather(*(work(number) for number in range(10) for work in (move, write, move)))

    async with postgresql.read() as session:
        for number in range(10):
            chat = await find_chat(session, channel="telegram", address=f"-100{number}")
            assert chat is not None
            assert [agency.code for agency in await agencies_of(session, chat.id)] == ["STP"]


async def test_of_two_handover_codes_typed_at_once_one_hands_over(postgresql: Database) -> None:
    await bring_in(postgresql, plan(task("1.1", ONGOING)), on="2023-03-07")
    old = await bound_chat(postgresql, "77", "STP")
    async with postgresql.write() as session:
        codes = [
            await make_invite(session, role=Role.OFFICER, agency="STP", now=NOW, replaces_chat_id=old.id)
            for _ in range(3)
        ]

    bound = await asyncio.gather(
        *(typed(postgresql, code, address=str(number)) for number, code in enumerate(codes))
    )

    assert sorted(one.verdict for one in bound) == [InviteVerdict.BOUND, *[InviteVerdict.WITHDRAWN] * 2]
    async with postgresql.read() as session:
        live = await session.scalars(select(BindingRow).where(BindingRow.ended_at.is_(None)))
        assert len(list(live)) == 1


async def test_of_two_that_end_each_others_last_binding_of_an_office_one_stays(postgresql: Database) -> None:
    await bring_in(postgresql, plan(task("1.1", ONGOING)), on="2023-03-07")
    async with postgresql.write() as session:
        for address in ("1", "2"):
            chat = await chat_for(session, channel="telegram", address=address, kind=ChatKind.PRIVATE)
            await bind(session, chat, role=Role.STANDING_OFFICE, agency="SNV", now=NOW)
    async with postgresql.read() as session:
        ids = [held.id for held in await bindings_held(session, role=Role.STANDING_OFFICE)]

    async def end(number: int) -> bool:
        async with postgresql.write() as session:
            if await offices_left_without(session, [number]):
                return False
            return bool(await end_bindings(session, [number], now=NOW))

    ended = await asyncio.gather(*(end(number) for number in ids))

    assert sorted(ended) == [False, True]
