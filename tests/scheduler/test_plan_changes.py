"""An edited plan file waits for the standing office; what is taken over is told to those whom it concerns, once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation import Conversation
from bot.message import from_json
from bot.options import Options
from bot.plan_changes import question
from bot.request import Person, Place, Tap
from scheduler.refresh import PlanKeeper
from store.agenda import Entry, entries
from store.asks import ask
from store.changes import Actor
from store.chats import chat_for
from store.database import Database
from store.difference import ChangeKind, Difference, DutyChange
from store.plan_changes import Decision, decision_of
from store.plan_record import BY_PLAN
from store.restores import record_restore
from store.states import ChatKind, OutboxState, Role
from store.tables import AssignmentRow, AuditRow, Base, BindingRow, OutboxRow, PlanChangeRow, PlanRow
from tests.bot.office import ENTRANCES, plain
from tests.plan.small_plan import TASKS, edited, write_plan
from tests.worlds import TIMETABLE, WALL, at

NOW = at("2023-03-07", "09:00")
MOVED = edited(TASKS, "schedule: Quý I/2023", "schedule: Quý II/2023")
MOVED_FURTHER = edited(TASKS, "schedule: Quý I/2023", "schedule: Quý III/2023")
WITHOUT = TASKS[: TASKS.index('  - code: "2.1"')]
COMMENTED = "# ghi chú của người giữ tệp\n" + TASKS
MARCH, JUNE, SEPTEMBER = date(2023, 3, 31), date(2023, 6, 30), date(2023, 9, 30)


@dataclass(kw_only=True)
class Desk:
    """A keeper of one plan's file, the standing office's chat, two agencies' chats and an operator's."""

    database: Database
    folder: Path
    keeper: PlanKeeper
    chats: dict[str, int]
    now: datetime = NOW

    async def save(self, tasks: str) -> bool:
        write_plan(self.folder, tasks=tasks)
        return await self.look()

    async def look(self) -> bool:
        return await self.keeper.refresh(now=self.now, wall=WALL)

    async def another_keeper(self, *, confirms: bool = True) -> PlanKeeper:
        """Another process, or the same after a restart."""
        keeper = PlanKeeper(self.database, [self.folder / "tasks.yaml"], TIMETABLE, confirms_changes=confirms)
        await keeper.start(now=self.now, wall=WALL)
        return keeper

    async def bind(self, name: str, role: Role, agency: str = "") -> None:
        async with self.database.write() as session:
            chat = await chat_for(session, channel="telegram", address=name, kind=ChatKind.PRIVATE)
            session.add(BindingRow(chat_id=chat.id, role=role, agency=agency, bound_at=NOW))
            self.chats[name] = chat.id

    async def tap(self, name: str, action: str) -> str:
        place = Place(channel="telegram", address=name, kind=ChatKind.PRIVATE)
        tap = Tap(
            place=place,
            person=Person(id="7", name="Trần Thị B"),
            action=action,
            message_id="2",
            tap_id="3",
        )
        conversation = Conversation(entrances=ENTRANCES, timetable=TIMETABLE, options=Options())
        async with self.database.write() as session:
            chat = await chat_for(session, channel="telegram", address=name, kind=ChatKind.PRIVATE)
            answer = await conversation.answer(session, tap, chat, now=self.now, wall=WALL)
        assert answer is not None
        return plain(answer.message)

    async def heard(self, name: str) -> list[str]:
        async with self.database.read() as session:
            rows = await session.scalars(
                select(OutboxRow).where(OutboxRow.chat_id == self.chats[name]).order_by(OutboxRow.id)
            )
            return [plain(from_json(row.body or {})) for row in rows]

    async def due(self) -> date | None:
        found = await self.entry("1.1")
        return found.due if found else None

    async def entry(self, code: str) -> Entry | None:
        async with self.database.read() as session:
            return next((entry for entry in await entries(session) if entry.code == code), None)

    async def changes(self) -> list[PlanChangeRow]:
        async with self.database.read() as session:
            return list(await session.scalars(select(PlanChangeRow).order_by(PlanChangeRow.id)))


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    store = Database("sqlite:///:memory:")
    async with store.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield store
    await store.close()


@pytest.fixture
async def bare(database: Database, tmp_path: Path) -> Desk:
    """Without the standing office's chat."""
    file = write_plan(tmp_path)
    keeper = PlanKeeper(database, [file], TIMETABLE)
    await keeper.start(now=NOW, wall=WALL)
    desk = Desk(database=database, folder=tmp_path, keeper=keeper, chats={})
    for name, role, agency in (
        ("stp", Role.OFFICER, "STP"),
        ("hks", Role.OFFICER, "HKS"),
        ("operator", Role.OPERATOR, ""),
    ):
        await desk.bind(name, role, agency)
    return desk


@pytest.fixture
async def desk(bare: Desk) -> Desk:
    await bare.bind("office", Role.STANDING_OFFICE, "SNV")
    return bare


# Asking


async def test_whom_the_question_did_not_reach_is_asked_anew_the_next_working_morning_and_nobody_twice(
    desk: Desk,
) -> None:
    await desk.bind("other", Role.STANDING_OFFICE, "SNV")
    await desk.save(MOVED)
    [question_] = await desk.heard("office")
    async with desk.database.write() as session:
        lost = await session.scalar(select(OutboxRow).where(OutboxRow.chat_id == desk.chats["office"]))
        assert lost is not None
        lost.state = OutboxState.FAILED

    looks = []
    for moment in ("2023-03-07T17:00", "2023-03-08T06:00", "2023-03-08T07:30", "2023-03-08T16:00"):
        desk.now = at(*moment.split("T"))
        looks.append(await desk.look())

    assert looks == [False, False, True, False]
    assert await desk.heard("office") == [question_, question_]
    assert await desk.heard("other") == [question_]


async def test_an_edit_waits_and_the_standing_office_is_asked_once(desk: Desk) -> None:
    changed = await desk.save(MOVED)
    again = [await desk.look() for _ in range(2)]

    assert (changed, again) == (True, [False, False])
    assert await desk.due() == MARCH
    assert await desk.heard("office") == [
        "📝 Tệp kế hoạch đã được sửa, chưa áp dụng.\n"
        "Kế hoạch số 1/KH-UBND ngày 20/12/2022\n"
        "1 việc đổi ngày, 1 chỗ sửa nội dung.\n"
        "\n"
        "📅 1.1 · quý II · hạn 31/03 → 30/06 · Sở Tư pháp\n"
        "\n"
        "✏️ 1.1 sửa thời gian thực hiện: “Quý I/2023” → “Quý II/2023”\n"
        "\n"
        "Áp dụng thì 1 cơ quan liên quan được báo. Chưa trả lời thì kế hoạch đang chạy giữ nguyên.\n"
        "[Áp dụng] [Không áp dụng]"
    ]
    assert await desk.heard("stp") == []


async def test_another_process_and_a_restart_ask_nothing_anew_and_apply_nothing(desk: Desk) -> None:
    await desk.save(MOVED)

    for _ in range(2):
        await desk.another_keeper()

    assert await desk.due() == MARCH
    assert len(await desk.heard("office")) == 1
    assert len(await desk.changes()) == 1


async def test_the_first_load_of_a_plan_asks_and_tells_nobody(desk: Desk) -> None:
    assert [await desk.heard(name) for name in desk.chats] == [[], [], [], []]
    assert await desk.changes() == []


@pytest.mark.parametrize("text", [COMMENTED, TASKS.replace("Quý I/2023", "Quý I/2023 ", 1)])
async def test_an_edit_that_changes_nothing_for_anybody_is_taken_over_in_silence(
    desk: Desk, text: str
) -> None:
    await desk.save(text)

    async with desk.database.read() as session:
        kept = (await session.get_one(PlanRow, "thu-2023")).digest
    await desk.another_keeper()
    assert await desk.heard("office") == []
    assert await desk.changes() == []
    assert kept is not None


# The answer


async def test_after_a_yes_the_next_look_takes_it_over_and_only_those_concerned_hear(desk: Desk) -> None:
    await desk.save(MOVED)

    answered = await desk.tap("office", "plan:yes:1")
    before = await desk.due()
    looks = [await desk.look(), await desk.look()]

    assert answered.startswith("✅ Đã chọn áp dụng")
    assert (before, await desk.due(), looks) == (MARCH, JUNE, [True, False])
    assert await desk.heard("stp") == [
        "📝 Kế hoạch thay đổi: 1 việc của Sở Tư pháp.\n"
        "Kế hoạch số 1/KH-UBND ngày 20/12/2022\n"
        "\n"
        "📅 Đổi ngày\n"
        "1.1 Xây dựng kế hoạch · quý II\n"
        "hạn 31/03 → 30/06\n"
        "[Việc đến hạn]"
    ]
    assert await desk.heard("hks") == []
    assert (await desk.heard("office"))[1:] == [
        "✅ Đã áp dụng tệp kế hoạch mới.\n"
        "Kế hoạch số 1/KH-UBND ngày 20/12/2022\n"
        "1 việc đổi ngày, 1 chỗ sửa nội dung.\n"
        "\n"
        "Đã báo 1 cơ quan liên quan."
    ]
    [change] = await desk.changes()
    assert decision_of(change) is Decision.TAKEN_OVER


async def test_several_processes_take_it_over_once(desk: Desk) -> None:
    other = await desk.another_keeper()
    await desk.save(MOVED)
    await other.refresh(now=desk.now, wall=WALL)
    await desk.tap("office", "plan:yes:1")

    await desk.look()
    await other.refresh(now=desk.now, wall=WALL)

    assert len(await desk.heard("stp")) == 1
    assert len(await desk.heard("office")) == 2


async def test_processes_that_look_at_the_same_moment_ask_once_and_tell_once(
    postgresql: Database, tmp_path: Path
) -> None:
    keeper = PlanKeeper(postgresql, [write_plan(tmp_path)], TIMETABLE)
    await keeper.start(now=NOW, wall=WALL)
    desk = Desk(database=postgresql, folder=tmp_path, keeper=keeper, chats={})
    await desk.bind("stp", Role.OFFICER, "STP")
    await desk.bind("office", Role.STANDING_OFFICE, "SNV")
    keepers = [keeper, *[await desk.another_keeper() for _ in range(2)]]
    write_plan(tmp_path, tasks=MOVED)

    await asyncio.gather(*(one.refresh(now=NOW, wall=WALL) for one in keepers))
    asked = len(await desk.heard("office"))
    await desk.tap("office", "plan:yes:1")
    await asyncio.gather(*(one.refresh(now=NOW, wall=WALL) for one in keepers))

    assert (asked, len(await desk.heard("office")), len(await desk.heard("stp"))) == (1, 2, 1)


async def test_a_restart_after_the_yes_takes_it_over_too(desk: Desk) -> None:
    await desk.save(MOVED)
    await desk.tap("office", "plan:yes:1")

    await desk.another_keeper()

    assert await desk.due() == JUNE
    assert len(await desk.heard("stp")) == 1


async def test_after_a_no_the_running_plan_stays_and_the_operator_hears_once(desk: Desk) -> None:
    await desk.save(MOVED)

    answered = await desk.tap("office", "plan:no:1")
    for _ in range(2):
        await desk.look()
    await desk.another_keeper()

    assert answered.startswith("Đã chọn không áp dụng")
    assert "tệp vẫn khác" in answered
    assert await desk.due() == MARCH
    assert len(await desk.heard("operator")) == 1
    assert len(await desk.heard("office")) == 1


async def test_of_two_who_decide_one_wins_and_it_is_written_down(desk: Desk) -> None:
    await desk.save(MOVED)

    await desk.tap("office", "plan:yes:1")
    second = await desk.tap("office", "plan:no:1")

    async with desk.database.read() as session:
        audit = list(await session.scalars(select(AuditRow).where(AuditRow.action != BY_PLAN)))
    assert second.startswith("✅ Đã chọn áp dụng")
    assert [(row.action, row.subject, row.person_name) for row in audit] == [
        ("planyes", "thu-2023", "Trần Thị B")
    ]


@pytest.mark.parametrize("name", ["stp", "operator", "stranger"])
async def test_nobody_else_decides(desk: Desk, name: str) -> None:
    await desk.save(MOVED)

    await desk.tap(name, "plan:yes:1")
    await desk.look()

    assert await desk.due() == MARCH
    assert (await desk.changes())[0].accepted is None


@pytest.mark.parametrize("action", ["plan:yes:99", "plan:yes:0"])
async def test_a_forged_button_finds_nothing(desk: Desk, action: str) -> None:
    await desk.save(MOVED)

    assert "không dùng được nữa" in await desk.tap("office", action)


# Edited further


async def test_a_further_edit_is_a_new_question_and_the_older_one_is_void(desk: Desk) -> None:
    await desk.save(MOVED)
    await desk.save(MOVED_FURTHER)

    old = await desk.tap("office", "plan:yes:1")
    await desk.look()
    due = await desk.due()
    await desk.tap("office", "plan:yes:2")
    await desk.look()

    assert old.startswith("Câu hỏi này không còn hiệu lực")
    assert (due, await desk.due()) == (MARCH, SEPTEMBER)
    assert len(await desk.heard("office")) == 3


async def test_an_accepted_edit_that_was_edited_further_is_asked_about_anew(desk: Desk) -> None:
    await desk.save(MOVED)
    await desk.tap("office", "plan:yes:1")

    await desk.save(MOVED_FURTHER)

    assert await desk.due() == MARCH
    assert [decision_of(row) for row in await desk.changes()] == [Decision.VOID, Decision.WAITING]


async def test_a_file_that_is_put_back_asks_nothing_more_and_comes_back_as_a_new_question(desk: Desk) -> None:
    await desk.save(MOVED)
    await desk.save(TASKS)
    void = await desk.tap("office", "plan:yes:1")
    desk.now = at("2023-03-07", "10:00")

    await desk.save(MOVED)
    waits = await desk.due()
    await desk.tap("office", "plan:yes:1")
    await desk.look()

    assert "không còn hiệu lực" in void
    assert (waits, await desk.due()) == (MARCH, JUNE)
    assert len(await desk.heard("office")) == 3


async def test_what_was_accepted_once_is_not_accepted_for_ever(desk: Desk) -> None:
    for text in (MOVED, TASKS):
        await desk.save(text)
        [*_, last] = await desk.changes()
        await desk.tap("office", f"plan:yes:{last.id}")
        await desk.look()
        desk.now = at("2023-03-07", "10:00")

    await desk.save(MOVED)

    assert await desk.due() == MARCH
    assert len(await desk.heard("stp")) == 2


# Without a question


async def test_without_a_chat_of_the_standing_office_it_is_applied_at_once_and_told(bare: Desk) -> None:
    await bare.save(WITHOUT)

    assert await bare.entry("2.1a") is None
    [told] = await bare.heard("hks")
    assert told.startswith("📝 Kế hoạch thay đổi: 2 việc của UBND huyện Kế Sách.")
    assert "➖ Không còn phải làm\n2.1a Rà soát thủ tục hành chính" in told
    assert await bare.heard("stp") == []


async def test_with_the_option_off_it_is_applied_at_once_and_the_office_hears_of_it(desk: Desk) -> None:
    desk.keeper = await desk.another_keeper(confirms=False)

    await desk.save(MOVED)

    assert await desk.due() == JUNE
    [told] = await desk.heard("office")
    assert told.startswith("✅ Đã áp dụng tệp kế hoạch mới.")
    assert "📅 1.1 · quý II · hạn 31/03 → 30/06 · Sở Tư pháp" in told
    assert len(await desk.heard("stp")) == 1


async def test_an_agency_without_a_chat_is_named_to_the_office(desk: Desk) -> None:
    desk.keeper = await desk.another_keeper(confirms=False)
    async with desk.database.write() as session:
        for binding in await session.scalars(select(BindingRow).where(BindingRow.agency == "STP")):
            binding.ended_at = NOW

    await desk.save(MOVED)

    assert "Chưa kết nối nên chưa được báo: Sở Tư pháp" in (await desk.heard("office"))[0]


async def test_what_is_done_is_nobodys_news(desk: Desk) -> None:
    desk.keeper = await desk.another_keeper(confirms=False)
    async with desk.database.write() as session:
        for row in await session.scalars(select(AssignmentRow).where(AssignmentRow.agency == "HKS")):
            row.state = row.state.DONE

    await desk.save(WITHOUT)

    assert await desk.heard("hks") == []


async def test_who_was_asked_to_support_a_retired_assignment_hears_that_it_is_over(bare: Desk) -> None:
    lead = await bare.entry("2.1a")
    async with bare.database.write() as session:
        await ask(
            session,
            parent_id=lead.id if lead else 0,
            agency="STP",
            due=JUNE,
            what="gửi danh mục",
            timetable=TIMETABLE,
            actor=Actor(person="7", name="Trần Thị B", chat_id=bare.chats["hks"]),
            now=NOW,
            today=NOW.date(),
        )

    await bare.save(WITHOUT)

    [told] = await bare.heard("stp")
    assert told.startswith("UBND huyện Kế Sách: không cần phối hợp 2.1a nữa.")


async def test_buttons_from_after_a_backup_decide_nothing_after_the_restore(desk: Desk) -> None:
    async with desk.database.write() as session:
        await record_restore(session, at=WALL, day=WALL.date())

    await desk.save(MOVED)

    assert "không dùng được nữa" in await desk.tap("office", "plan:yes:1")
    assert (await desk.changes())[-1].accepted is None


def test_a_long_difference_fits_one_message() -> None:
    many = Difference(
        duties=tuple(
            DutyChange(
                kind=ChangeKind.MOVED,
                code=f"{number}.1",
                title="Nhiệm vụ",
                agency=f"A{agency}",
                agency_name=f"Sở thứ {agency}",
                period="",
                is_open=True,
                old_due=MARCH,
                new_due=JUNE,
                set_due=date(2023, 4, 14) if agency == 0 else None,
            )
            for number in range(60)
            for agency in range(40)
        )
    )

    text = plain(question(1, "1/KH-UBND", 2023, many))

    assert len(text) < 3800
    assert (
        "📅 0.1 · hạn 31/03 → 30/06 · Sở thứ 0; Sở thứ 1; Sở thứ 2 và 37 cơ quan khác"
        " · Sở thứ 0 đang gia hạn đến 14/04"
    ) in text
    assert "… và 1600 thay đổi khác." in text
