"""The pinned status of a chat: written once, edited in place ever after."""

from sqlalchemy import select

from bot.status_message import MARK
from store.changes import Actor, mark_done
from store.statuses import any_wanted, queue_wanted, want_statuses
from store.tables import AssignmentRow, BindingRow
from tests.app.town import TOKEN
from tests.scheduler.desk import GROUP, LAN, TUESDAY, Desk


async def renew(desk: Desk) -> int:
    async with desk.database.write() as session:
        count = await queue_wanted(session, desk.wall)
    await desk.deliver(after=5)
    return count


async def want(desk: Desk, *agencies: str) -> None:
    async with desk.database.write() as session:
        await want_statuses(session, agencies)


async def finish_one(desk: Desk) -> None:
    async with desk.database.write() as session:
        first = await session.scalar(select(AssignmentRow.id).order_by(AssignmentRow.id))
        assert first is not None
        actor = Actor(person="1", name="Lan", chat_id=desk.chats[GROUP])
        await mark_done(session, assignment_id=first, document=None, note=None, actor=actor, now=TUESDAY)


async def test_a_chat_gets_one_pinned_status_that_is_edited_after_a_change(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)
    before = await desk.town.status(GROUP)
    await finish_one(desk)

    await renew(desk)

    after = await desk.town.status(GROUP)
    assert before is not None
    assert after is not None
    assert before.splitlines()[:3] == [f"{MARK} Sở Tư pháp", "", "2 việc còn hạn. Đã xong 0 việc."]
    assert after.splitlines()[:3] == [f"{MARK} Sở Tư pháp", "", "1 việc còn hạn. Đã xong 1 việc."]
    assert await desk.town.sends() == [(GROUP, 200)]
    chats = await desk.town.ask("GET", "/state")
    pinned = {chat["id"]: chat["pinned_message_id"] for chat in chats["chats"]}
    assert str(pinned[GROUP]) == (await desk.chat(GROUP)).pinned


async def test_many_changes_become_one_edit(desk: Desk) -> None:
    await want(desk, "STP")
    await want(desk, "STP")
    async with desk.database.write() as session:
        await queue_wanted(session, desk.wall)
    await want(desk, "STP")

    await renew(desk)

    assert await desk.town.sends() == [(GROUP, 200)]


async def test_nothing_is_written_while_nothing_has_changed(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)

    async with desk.database.read() as session:
        wanted = await any_wanted(session)

    assert not wanted
    assert await renew(desk) == 0


async def test_only_the_chats_of_the_agency_are_written_to(desk: Desk) -> None:
    await want(desk, "STP")

    await renew(desk)

    assert await desk.town.status(LAN) is None


async def test_a_status_that_somebody_deleted_is_written_and_pinned_anew(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)
    first = (await desk.chat(GROUP)).pinned
    gone = {"chat_id": GROUP, "message_id": int(first or 0)}
    assert (await desk.town.control.post(f"/bot{TOKEN}/deleteMessage", json=gone)).is_success
    await want(desk, "STP")

    await renew(desk)

    second = (await desk.chat(GROUP)).pinned
    assert second not in (None, first)
    assert await desk.town.sends() == [(GROUP, 200), (GROUP, 200)]


async def test_where_the_bot_may_not_pin_the_status_stands_unpinned_and_is_edited_all_the_same(
    desk: Desk,
) -> None:
    await desk.town.fault("status", status=400, method="pinChatMessage")
    await want(desk, "STP")
    await renew(desk)
    await want(desk, "STP")

    await renew(desk)

    assert await desk.town.sends() == [(GROUP, 200)]
    assert (await desk.chat(GROUP)).pinned is not None


async def test_a_chat_that_speaks_for_nobody_any_more_says_so(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)
    await want(desk, "STP")
    async with desk.database.write() as session:
        for binding in await session.scalars(select(BindingRow)):
            binding.ended_at = TUESDAY

    await renew(desk)

    assert await desk.town.status(GROUP) == f"{MARK} Cuộc trò chuyện này không còn kết nối với cơ quan nào."
