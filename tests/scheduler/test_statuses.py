"""The pinned status of a chat: written once, edited in place ever after."""

from datetime import date, timedelta
from itertools import product

from sqlalchemy import select, update

from bot.status_message import MARK
from plan.assignments import DutyKind
from scheduler.statuses import renew_statuses
from store.agenda import entries
from store.bindings import bindings_held, end_bindings
from store.changes import Actor, mark_done
from store.chats import move_chat, resume, suspend
from store.figures import figures, figures_of_tallies, tallies
from store.states import Role, State
from store.statuses import want_statuses, wished
from store.tables import AgencyRow, AssignmentRow, BindingRow, ChatRow, OutboxRow
from tests.app.town import TOKEN
from tests.scheduler.desk import GROUP, LAN, MINH, TUESDAY, Desk


async def renew(desk: Desk) -> bool:
    queued = await renew_statuses(desk.database, now=desk.now, wall=desk.wall)
    await desk.deliver(after=5)
    return queued


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
    await renew_statuses(desk.database, now=desk.now, wall=desk.wall)
    await want(desk, "STP")

    await renew(desk)

    assert await desk.town.sends() == [(GROUP, 200)]


async def test_nothing_is_written_while_nothing_has_changed(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)

    async with desk.database.read() as session:
        left = await wished(session, most=10)

    assert not left
    assert not await renew(desk)


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
    await finish_one(desk)

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
    await finish_one(desk)

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


async def test_the_standing_office_and_leaders_see_how_far_the_plan_is(desk: Desk) -> None:
    async with desk.database.write() as session:
        for role, agency in ((Role.STANDING_OFFICE, "SNV"), (Role.LEADER, "")):
            chat = desk.chats[LAN if agency else MINH]
            session.add(BindingRow(chat_id=chat, role=role, agency=agency, bound_at=TUESDAY))
    await finish_one(desk)

    await renew(desk)

    for chat in (LAN, MINH):
        status = await desk.town.status(chat)
        assert status is not None
        assert "📊 Toàn tỉnh" in status
        assert "✅ Hoàn thành đúng hạn: 1" in status


async def test_a_change_that_the_status_does_not_show_is_no_edit(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)
    before = await desk.town.status(GROUP)
    desk.now += timedelta(hours=3)
    await want(desk, "STP")

    assert not await renew(desk)

    assert await desk.town.status(GROUP) == before


async def test_with_the_day_the_status_says_that_something_is_late(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)

    await desk.scan("2023-03-13")
    await renew(desk)

    status = await desk.town.status(GROUP)
    assert status is not None
    assert "2 việc quá hạn" in status


async def test_a_chat_out_of_reach_costs_nothing_and_has_its_status_renewed_when_it_is_back(
    desk: Desk,
) -> None:
    await want(desk, "STP")
    await renew(desk)
    async with desk.database.write() as session:
        await suspend(session, desk.chats[GROUP], "blocked")
    await finish_one(desk)
    await renew(desk)
    async with desk.database.read() as session:
        left = await wished(session, most=10)

    async with desk.database.write() as session:
        await resume(session, await session.get_one(ChatRow, desk.chats[GROUP]), date(2023, 3, 7))
    await renew(desk)

    assert not left
    status = await desk.town.status(GROUP)
    assert status is not None
    assert "Đã xong 1 việc" in status


async def test_a_revoked_chat_is_told_in_its_status_without_being_asked(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)

    async with desk.database.write() as session:
        held = await bindings_held(session, chat_id=desk.chats[GROUP])
        await end_bindings(session, [one.id for one in held], now=TUESDAY)
    await renew(desk)

    assert await desk.town.status(GROUP) == f"{MARK} Cuộc trò chuyện này không còn kết nối với cơ quan nào."


async def test_a_group_that_moved_gets_its_status_at_the_new_place(desk: Desk) -> None:
    await want(desk, "STP")
    await renew(desk)
    await desk.town.group(-2002, "Sở Tư pháp", LAN, MINH)

    async with desk.database.write() as session:
        await move_chat(session, channel="telegram", old=str(GROUP), new="-2002")
    await renew(desk)

    assert await desk.town.status(-2002) is not None
    assert (await desk.chat(GROUP)).pinned is not None


async def test_the_status_of_a_chat_that_speaks_for_very_many_is_one_message(desk: Desk) -> None:
    many = [
        AgencyRow(code=f"X{number}", name=f"{number} " + "rất dài " * 20, kind="department")
        for number in range(80)
    ]
    async with desk.database.write() as session:
        session.add_all(many)
        await session.flush()
        for agency in many:
            chat = desk.chats[GROUP]
            session.add(BindingRow(chat_id=chat, role=Role.OFFICER, agency=agency.code, bound_at=TUESDAY))
    await want(desk, "STP")

    await renew(desk)

    assert await desk.town.sends() == [(GROUP, 200)]
    status = await desk.town.status(GROUP)
    assert status is not None
    assert "và 78 cơ quan khác" in status


async def test_what_a_lead_asked_of_others_is_in_no_figure_of_a_leaders_status(desk: Desk) -> None:
    async with desk.database.write() as session:
        session.add(
            BindingRow(chat_id=desk.chats[MINH], role=Role.LEADER, agency="", bound_at=TUESDAY),
        )
        first = await session.scalar(select(AssignmentRow).order_by(AssignmentRow.id))
        assert first is not None
        session.add(
            AssignmentRow(
                item_id=first.item_id,
                agency="SNV",
                slot="ask-1",
                period="góp ý",
                kind=DutyKind.SUPPORT,
                due=date(2023, 3, 1),
                remind_by=date(2023, 3, 1),
                late_after=date(2023, 3, 1),
                asked_by="STP",
                parent_id=first.id,
            )
        )
    await want(desk, "STP")

    await renew(desk)

    status = await desk.town.status(MINH)
    assert status is not None
    assert "Tổng cộng: 2" in status
    assert "quá hạn: /late" not in status


async def test_a_status_that_lost_its_use_while_the_service_was_away_is_written_when_it_is_back(
    desk: Desk,
) -> None:
    await desk.town.fault("status", status=500, method="sendMessage")
    await want(desk, "STP")
    await renew_statuses(desk.database, now=desk.now, wall=desk.wall)
    await desk.deliver(after=5)
    async with desk.database.write() as session:
        await session.execute(update(OutboxRow).values(created_at=desk.wall - timedelta(days=2)))
    await desk.deliver(after=3600)

    await renew(desk)

    assert await desk.town.status(GROUP) is not None


async def test_the_figures_that_the_database_counts_are_those_of_the_overview(desk: Desk) -> None:
    days = (None, date(2023, 3, 1), date(2023, 3, 9))
    async with desk.database.write() as session:
        first = await session.scalar(select(AssignmentRow).order_by(AssignmentRow.id))
        assert first is not None
        for number, (state, due, document_date) in enumerate(product(State, days, (None, date(2023, 3, 2)))):
            session.add(
                AssignmentRow(
                    item_id=first.item_id,
                    agency="SNV",
                    slot=f"slot-{number}",
                    period="",
                    kind=DutyKind.DATES,
                    due=due,
                    remind_by=due,
                    late_after=due,
                    state=state,
                    done_at=TUESDAY,
                    document_date=document_date,
                )
            )

    async with desk.database.read() as session:
        counted = figures_of_tallies(await tallies(session, ["SNV"]), date(2023, 3, 8))
        read = figures(await entries(session), date(2023, 3, 8))

    assert counted == read
    assert counted.total == 26
