"""Numbers for choices: a chat's count upwards, and an old one never answers a newer question."""

from datetime import timedelta

from sqlalchemy import select

from store.database import Database
from store.offers import ANSWERABLE_FOR, Offered, answered, give_numbers, live_offers, offer_with
from store.outbox import queue
from store.states import OutboxKind
from store.tables import OfferRow
from tests.worlds import WALL, at, bound_chat, bring_in, plan

NOW = at("2023-03-07")


async def chat_in(database: Database, address: str = "a1") -> int:
    await bring_in(database, plan(), on="2023-03-07")
    return (await bound_chat(database, address, "STP")).id


async def message_to(database: Database, chat_id: int) -> int:
    async with database.write() as session:
        row = queue(session, chat_id=chat_id, kind=OutboxKind.REPLY, wall=WALL, body={"blocks": []})
        await session.flush()
        return row.id


def yes_no(proposal: int) -> list[Offered]:
    return [
        Offered(action=f"yes:{proposal}", label="Xác nhận", tone="yes"),
        Offered(action=f"no:{proposal}", label="Thôi", tone="no"),
    ]


async def offer(
    database: Database, chat_id: int, choices: list[Offered], *, message: int | None = None, days: float = 0
) -> list[int]:
    outbox_id = message if message is not None else await message_to(database, chat_id)
    async with database.write() as session:
        return await give_numbers(
            session, chat_id=chat_id, outbox_id=outbox_id, choices=choices, now=NOW + timedelta(days=days)
        )


async def meaning(database: Database, chat_id: int, number: int) -> str | None:
    async with database.read() as session:
        found = await offer_with(session, chat_id=chat_id, number=number)
        return found.action if found else None


async def test_a_newer_question_never_has_the_numbers_of_one_that_can_still_be_answered(
    database: Database,
) -> None:
    chat = await chat_in(database)

    assert await offer(database, chat, yes_no(1)) == [1, 2]
    assert await offer(database, chat, yes_no(2)) == [3, 4]
    assert [await meaning(database, chat, number) for number in (1, 2, 3, 4)] == [
        "yes:1",
        "no:1",
        "yes:2",
        "no:2",
    ]


async def test_a_message_that_goes_out_again_has_the_numbers_that_it_had(database: Database) -> None:
    chat = await chat_in(database)
    message = await message_to(database, chat)

    first = await offer(database, chat, yes_no(1), message=message)
    await offer(database, chat, yes_no(2))

    assert await offer(database, chat, yes_no(1), message=message) == first == [1, 2]


async def test_numbers_begin_anew_after_99_and_pass_over_those_that_can_still_be_answered(
    database: Database,
) -> None:
    chat = await chat_in(database)
    for round_ in range(48):
        await offer(database, chat, yes_no(round_))
    later = ANSWERABLE_FOR / timedelta(days=1)

    assert await offer(database, chat, yes_no(100), days=later - 1) == [97, 98]
    assert await offer(database, chat, yes_no(101), days=later) == [99, 1]
    assert await meaning(database, chat, 1) == "no:101"
    assert await offer(database, chat, yes_no(102), days=later) == [2, 3]
    assert await meaning(database, chat, 97) == "yes:100"


async def test_with_more_than_99_live_choices_numbers_go_on_above(database: Database) -> None:
    chat = await chat_in(database)
    for round_ in range(49):
        await offer(database, chat, yes_no(round_))

    assert await offer(database, chat, yes_no(50)) == [99, 100]
    assert await offer(database, chat, yes_no(51)) == [101, 102]


async def test_what_can_be_chosen_again_keeps_its_number(database: Database) -> None:
    chat = await chat_in(database)
    done = Offered(action="run:/done 2.6a", label="✅ 2.6a", tone="plain")
    await offer(database, chat, [done, *yes_no(1)])

    assert await offer(database, chat, [*yes_no(2), done], days=3) == [4, 5, 1]

    async with database.read() as session:
        live = await live_offers(session, chat_id=chat, now=NOW + timedelta(days=6))
    assert [row.number for row in live] == [5, 4, 1]


async def test_each_chat_counts_by_itself(database: Database) -> None:
    one, other = await chat_in(database), (await bound_chat(database, "b2", "SNV")).id
    await offer(database, one, yes_no(1))

    assert await offer(database, other, yes_no(2)) == [1, 2]
    assert await meaning(database, one, 1) == "yes:1"


async def test_an_answered_question_waits_no_longer_and_its_other_choices_stay(database: Database) -> None:
    chat = await chat_in(database)
    await offer(database, chat, [*yes_no(1), Offered(action="run:/due", label="Việc", tone="plain")])

    async with database.write() as session:
        found = await session.scalar(select(OfferRow).where(OfferRow.number == 1))
        assert found is not None
        await answered(session, found, ["yes", "no"])
    async with database.read() as session:
        live = await live_offers(session, chat_id=chat, now=NOW)

    assert [(row.number, row.answered) for row in live] == [(3, False), (2, True), (1, True)]
