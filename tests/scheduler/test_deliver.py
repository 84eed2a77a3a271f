"""Delivering to a real server that fails in every way it can: what arrives, how often, and what is kept of it."""

import socket

import pytest
from structlog.testing import capture_logs

from sandbox.server import create_app, serve
from store.database import Database
from store.states import NoticeState, OutboxState
from tests.app.town import visit
from tests.scheduler.desk import GROUP, LAN, MINH, REPEAT, Desk, move_in, open_desk
from tests.worlds import bring_in, dated, plan, task


async def test_flood_control_holds_back_that_chat_for_as_long_as_it_says_and_nothing_else(
    desk: Desk,
) -> None:
    await desk.town.fault("status", status=429, retry_after=7, chat_id=LAN)
    await desk.put(LAN, "một")
    await desk.put(LAN, "hai")
    await desk.put(MINH, "ba")

    await desk.deliver()
    at_once = [await desk.town.texts(LAN), await desk.town.texts(MINH)]
    await desk.deliver(after=6)
    too_early = await desk.town.texts(LAN)
    await desk.deliver(after=1)

    assert at_once == [[], ["ba"]]
    assert too_early == []
    assert await desk.town.texts(LAN) == ["một", "hai"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_that_fails_is_asked_again_and_the_message_comes_once(desk: Desk, status: int) -> None:
    await desk.town.fault("status", status=status, times=2)
    await desk.put(LAN, "một")

    await desk.deliver()
    await desk.deliver(after=3)
    await desk.deliver(after=6)

    assert await desk.town.texts(LAN) == ["một"]
    assert await desk.town.sends() == [(LAN, status), (LAN, status), (LAN, 200)]
    assert [outcome for _, _, outcome in desk.calls] == ["RetryLater", "RetryLater", "Sent"]


@pytest.mark.parametrize("kind", ["hang_after", "drop_after", "bad_json"])
async def test_what_was_taken_without_an_answer_is_sent_once_more_and_says_so(desk: Desk, kind: str) -> None:
    await desk.town.fault(kind, seconds=5)
    number = await desk.put(LAN, "một")

    await desk.deliver()
    at_first = await desk.town.texts(LAN)
    await desk.deliver(after=29)
    await desk.deliver(after=1)
    await desk.deliver(after=3600)

    assert at_first == ["một"]
    assert await desk.town.texts(LAN) == ["một", f"{REPEAT}\n\nmột"]
    row = await desk.row(number)
    assert (row.state, row.repeat) == (OutboxState.SENT, True)


@pytest.mark.parametrize("kind", ["hang_before", "drop_before"])
async def test_what_was_perhaps_not_taken_is_marked_too_as_nobody_can_know(desk: Desk, kind: str) -> None:
    await desk.town.fault(kind, seconds=5)
    await desk.put(LAN, "một")

    await desk.deliver()
    await desk.deliver(after=30)

    assert await desk.town.texts(LAN) == [f"{REPEAT}\n\nmột"]


async def test_what_stays_uncertain_twice_is_given_up_and_its_notices_have_failed(desk: Desk) -> None:
    await desk.town.fault("hang_after", seconds=5, times=2, chat_id=GROUP)
    await desk.scan("2023-03-07")

    await desk.deliver()
    await desk.deliver(after=30)
    await desk.deliver(after=3600)

    assert len(await desk.town.heard(GROUP)) == 2
    assert await desk.notice_states() == {NoticeState.FAILED: 2}
    assert await desk.states() == {OutboxState.FAILED: 1}


async def test_what_never_left_comes_once_and_unmarked(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    async with visit(f"http://127.0.0.1:{port}") as town, open_desk(town, database) as desk:
        number = await desk.put(LAN, "một")

        await desk.deliver()
        refused = await desk.row(number)
        with serve(create_app(), port=port):
            await move_in(town)
            await desk.deliver(after=3)

            assert await town.texts(LAN) == ["một"]

    assert (refused.state, refused.repeat) == (OutboxState.QUEUED, False)


async def test_a_person_who_blocked_the_bot_gets_no_more_notices_and_the_others_do(desk: Desk) -> None:
    await bring_in(
        desk.database,
        plan(
            task("1.1", dated("2023-03-10"), agencies=["SNV"]),
            task("2.1", dated("2023-03-29"), agencies=["SNV"]),
        ),
        on="2023-03-07",
    )
    await desk.town.ask("POST", f"/chats/{LAN}/block")
    await desk.scan("2023-03-07")

    await desk.deliver()
    after_the_first = await desk.chat(LAN)
    await desk.scan("2023-03-09")
    await desk.deliver(after=86400)

    assert after_the_first.suspended == "Forbidden: bot was blocked by the user"
    assert [chat for chat, _ in await desk.town.sends()].count(LAN) == 1
    mornings = [text for text in await desk.town.texts(MINH) if text.startswith("🔔")]
    assert len(mornings) == 2
    assert await desk.notice_states() == {NoticeState.FAILED: 2, NoticeState.SENT: 3}


async def test_a_chat_that_is_not_there_is_put_aside(desk: Desk) -> None:
    await desk.bind(404, "SNV")
    number = await desk.put(404, "một")

    await desk.deliver()

    row = await desk.row(number)
    assert row.state is OutboxState.FAILED
    assert row.error == "refused: Chat not found"
    assert (await desk.chat(404)).suspended == "Chat not found"


async def test_a_refused_message_does_not_put_the_chat_aside(desk: Desk) -> None:
    await desk.town.fault("status", status=400, description="Bad Request: can't parse entities")
    await desk.put(LAN, "một")
    await desk.put(LAN, "hai")

    await desk.deliver()

    assert await desk.town.texts(LAN) == ["hai"]
    assert (await desk.chat(LAN)).suspended is None


async def test_a_group_that_became_a_supergroup_is_written_to_where_it_is_now(desk: Desk) -> None:
    await desk.town.ask("POST", f"/chats/{GROUP}/migrate")
    await desk.put(GROUP, "một")
    await desk.put(GROUP, "hai")

    await desk.deliver()

    moved = await desk.chat(GROUP)
    assert moved.address.startswith("-100")
    assert moved.suspended is None
    assert await desk.town.texts(int(moved.address)) == ["một", "hai"]
    assert [status for _, status in await desk.town.sends()] == [400, 200, 200]


async def test_a_refused_token_stops_the_whole_channel_for_a_minute_and_loses_nothing(desk: Desk) -> None:
    await desk.town.fault("status", status=401, times=1)
    number = await desk.put(LAN, "một")
    with capture_logs() as log:
        await desk.deliver()
    refused = await desk.row(number)
    await desk.put(MINH, "hai")

    await desk.deliver(after=59)
    held = len(await desk.town.sends())
    await desk.deliver(after=2)

    assert [line["why"] for line in log if line["event"] == "send"] == ["the token is refused"]
    assert refused.error == "the token is refused"
    assert held == 1
    assert await desk.town.texts(LAN) == ["một"]
    assert await desk.town.texts(MINH) == ["hai"]


async def test_an_edit_that_changes_nothing_counts_as_sent(desk: Desk) -> None:
    await desk.put(LAN, "một")
    await desk.deliver()
    [written] = await desk.town.heard(LAN)
    number = await desk.put(LAN, "một", replaces=written.id)

    await desk.deliver()

    row = await desk.row(number)
    assert (row.state, row.external_ids) == (OutboxState.SENT, [str(written.id)])
    assert await desk.town.texts(LAN) == ["một"]


async def test_an_edit_of_a_message_that_is_gone_becomes_a_new_message(desk: Desk) -> None:
    await desk.put(LAN, "hai", replaces=9999)

    await desk.deliver()

    assert await desk.town.texts(LAN) == ["hai"]


async def test_an_edit_whose_answer_was_lost_is_made_again(desk: Desk) -> None:
    await desk.put(LAN, "một")
    await desk.deliver()
    [written] = await desk.town.heard(LAN)
    await desk.town.fault("drop_after", method="editMessageText")
    number = await desk.put(LAN, "hai", replaces=written.id)

    await desk.deliver()
    await desk.deliver(after=30)

    assert (await desk.row(number)).state is OutboxState.SENT
    assert len(await desk.town.heard(LAN)) == 1
