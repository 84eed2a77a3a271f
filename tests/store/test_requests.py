"""Requests before a standing office: only it sees them, and each is decided once."""

import asyncio

import pytest
from sqlalchemy import select

from store import requests
from store.changes import Actor
from store.chats import chat_for
from store.database import Database
from store.proposals import proposal_of_album, propose
from store.states import ChatKind, RequestKind, RequestState
from store.tables import AssignmentRow, RequestRow
from tests.store.reading_plans import query_plans
from tests.worlds import at, bound_chat, bring_in, dated, plan, task

NOW = at("2023-03-07")


async def asker(database: Database) -> Actor:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-07")
    chat = await bound_chat(database, "1", "STP")
    return Actor(person="7", name="Nguyễn Văn A", chat_id=chat.id)


async def asked(database: Database, actor: Actor, *, office: str = "SNV") -> int:
    async with database.write() as session:
        assignment = (await session.scalars(select(AssignmentRow.id))).one()
        row = await requests.ask(
            session,
            kind=RequestKind.EXTENSION,
            office=office,
            actor=actor,
            now=NOW,
            details={"due": "2023-06-30"},
            assignment_id=assignment,
        )
        return row.id


async def test_a_request_waits_before_its_office_and_before_no_other(database: Database) -> None:
    actor = await asker(database)
    request = await asked(database, actor)

    async with database.write() as session:
        before_its_own = await requests.waiting_for(session, ["SNV"])
        before_another = await requests.waiting_for(session, ["STP"])
        found = await requests.request_of(session, request, ["STP", "SNV"])
        of_another = await requests.request_of(session, request, ["STP"])

    assert [row.id for row in before_its_own] == [request]
    assert before_another == []
    assert found is not None
    assert found.details == {"due": "2023-06-30"}
    assert of_another is None


async def test_what_is_decided_waits_no_longer_and_tells_by_whom_and_why(database: Database) -> None:
    actor = await asker(database)
    request = await asked(database, actor)

    async with database.write() as session:
        row = await requests.request_of(session, request, ["SNV"])
        assert row is not None
        await requests.settle(
            session, row, RequestState.REFUSED, actor=actor, now=NOW, reason="chưa đủ căn cứ"
        )

    async with database.read() as session:
        row = await session.get_one(RequestRow, request)
        assert (row.state, row.decided_at, row.reason) == (RequestState.REFUSED, NOW, "chưa đủ căn cứ")
        assert requests.decided_by(row) == "Nguyễn Văn A"
        assert await requests.waiting_for(session, ["SNV"]) == []
        assert row.assignment_id is not None
        assert await requests.waiting_about(session, RequestKind.EXTENSION, [row.assignment_id]) == []


async def test_nothing_is_decided_twice(database: Database) -> None:
    actor = await asker(database)
    request = await asked(database, actor)

    async with database.write() as session:
        row = await requests.request_of(session, request, ["SNV"])
        assert row is not None
        await requests.settle(session, row, RequestState.ACCEPTED, actor=actor, now=NOW)
        with pytest.raises(ValueError, match="accepted already"):
            await requests.settle(session, row, RequestState.REFUSED, actor=actor, now=NOW)


async def test_of_two_who_decide_at_once_one_wins_and_the_other_sees_it(database: Database) -> None:
    actor = await asker(database)
    request = await asked(database, actor)

    async def decide(name: str, state: RequestState) -> tuple[RequestState, str]:
        """What this one found decided, and by whom; "" where it decided itself."""
        async with database.write() as session:
            # Both have seen that it waits before either decides.
            await requests.waiting_for(session, ["SNV"])
            row = await requests.request_of(session, request, ["SNV"])
            assert row is not None
            if row.state is not RequestState.WAITING:
                return row.state, requests.decided_by(row)
            decider = Actor(person=name, name=name, chat_id=actor.chat_id)
            await requests.settle(session, row, state, actor=decider, now=NOW)
            return state, ""

    outcomes = await asyncio.gather(
        decide("A", RequestState.ACCEPTED),
        decide("B", RequestState.REFUSED),
        decide("C", RequestState.REFUSED),
    )

    winner = next(state for state, other in outcomes if not other)
    assert sorted(bool(other) for _, other in outcomes) == [False, True, True]
    assert {state for state, _ in outcomes} == {winner}


async def test_waiting_requests_are_found_by_an_index(database: Database) -> None:
    actor = await asker(database)
    async with database.write() as session:
        for number in range(2000):
            session.add(
                RequestRow(
                    kind=RequestKind.BINDING,
                    state=RequestState.ACCEPTED if number % 100 else RequestState.WAITING,
                    office="SNV" if number % 2 else f"X{number}",
                    chat_id=actor.chat_id,
                    person="7",
                    person_name="A",
                    asked_at=NOW,
                )
            )

    (found,) = await query_plans(database, lambda session: requests.waiting_for(session, ["SNV"]))

    assert "ix_requests_waiting" in found


async def test_the_proposals_of_a_chat_are_found_by_an_index(database: Database) -> None:
    actor = await asker(database)
    async with database.write() as session:
        busy = await chat_for(session, channel="telegram", address="2", kind=ChatKind.PRIVATE)
        for _ in range(2000):
            await propose(session, chat_id=busy.id, action="done", now=NOW)

    (found,) = await query_plans(
        database, lambda session: proposal_of_album(session, chat_id=actor.chat_id, album="1")
    )

    assert "ix_proposals_chat" in found
