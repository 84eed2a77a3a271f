"""What a standing office does on the board is what it does in its chat: the same commands, the same audit."""

import asyncio
import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import httpx
from sqlalchemy import func, select

from bot.conversation import Answer, Conversation
from bot.handling import Handled, Outcome
from bot.options import Options
from store.difference import ChangeKind, Difference, DutyChange
from store.plan_changes import Decision, decision_of, keep_change
from store.states import State
from store.tables import AssignmentRow, AuditRow, HoldRow, OutboxRow, PlanChangeRow
from tests.bot.office import ENTRANCES, TIMETABLE
from tests.web.boarding import LEADER, OFFICE, OFFICER, Town, press, proof_in, text_of

APRIL = datetime(2023, 4, 20, 2, 0, tzinfo=UTC)


async def say(browser: httpx.AsyncClient, *text: str) -> httpx.Response:
    """Through the form on the command page; several texts as several fields."""
    page = await browser.get("/board/say")
    return await browser.post("/board/say", data={"proof": proof_in(page.text), "text": list(text)})


async def test_a_due_day_is_set_as_in_the_chat(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        question = await say(office, "/setdue 1.1a", "STP", "2023-06-30")
        assert "Thứ Sáu 30/06/2023" in text_of(question)
        answer = await press(office, question, "Xác nhận")

    assert "Đã ấn định hạn 30/06/2023" in text_of(answer)
    entry = await town.office.entry("STP", "1.1a")
    assert entry.due == date(2023, 6, 30)
    written = next(one for one in await town.office.audit() if one.action == "setdue")
    assert (written.person, written.person_name) == (OFFICE, "Nguyễn Thị Thường")
    async with town.database.read() as session:
        note = await session.scalar(select(func.count()).where(OutboxRow.key.startswith("setdue:")))
    assert note == 1
    assert town.wakings == 2
    assert town.handled == [Handled(command="setdue", outcome=Outcome.ANSWERED)] * 2


async def test_what_was_done_can_be_taken_back_on_the_page(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        done = await press(office, await say(office, "/setdue 1.1a STP 30/6/2023"), "Xác nhận")

        undone = await press(office, done, "Hoàn tác")

    assert "Đã hoàn tác" in text_of(undone)
    assert (await town.office.entry("STP", "1.1a")).due is None


async def test_a_second_yes_changes_nothing_more(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        question = await say(office, "/setdue 1.1a STP 30/6/2023")

        answers = await asyncio.gather(*(press(office, question, "Xác nhận") for _ in range(4)))

    assert {answer.status_code for answer in answers} == {200}
    assert sum(one.action == "setdue" for one in await town.office.audit()) == 1


async def test_an_agency_is_reminded_and_held_from_its_page(town: Town) -> None:
    town.office.now = APRIL
    async with town.visitor(OFFICE) as office:
        page = await office.get("/board/agency/STP")
        question = await press(office, page, "Đôn đốc STP")
        assert "Đôn đốc 2 việc của 1 cơ quan?" in text_of(question)
        reminded = await press(office, question, "Xác nhận")
        held = await press(office, page, "Giữ lời nhắc sáng tới")

    assert "đôn đốc" in text_of(reminded)
    assert held.status_code == 200
    async with town.database.read() as session:
        [hold] = await session.scalars(select(HoldRow))
        nudges = await session.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.action == "remind")
        )
    assert hold.agency == "STP"
    assert nudges == 2


async def test_a_request_is_decided_from_its_list(town: Town) -> None:
    question = await town.say(OFFICER, "/extend 2.6a 30/6/2023 chờ văn bản")
    await town.office.tap(question, "Xác nhận")
    async with town.visitor(OFFICE) as office:
        waiting = await office.get("/board/requests")
        assert "chờ văn bản" in text_of(waiting)
        label = re.search(r'class="yes">([^<]+)<', waiting.text)
        assert label is not None, waiting.text
        decided = await press(office, waiting, unescape(label[1]))
        rest = await office.get("/board/requests")

    assert "Không có đề nghị nào đang chờ" in text_of(rest)
    assert decided.status_code == 200
    assert (await town.office.entry("STP", "2.6a")).due == date(2023, 6, 30)


async def test_to_look_at_the_requests_changes_nothing(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        before = len(await town.office.audit())
        await office.get("/board/requests")

    assert len(await town.office.audit()) == before
    assert town.handled == []


async def test_an_edited_plan_is_decided_on_the_page_once(town: Town) -> None:
    difference = Difference(
        duties=(
            DutyChange(
                kind=ChangeKind.MOVED,
                code="2.6a",
                title="Rà soát",
                agency="STP",
                agency_name="Sở Tư pháp",
                period="",
                is_open=True,
                old_due=date(2023, 3, 31),
                new_due=date(2023, 5, 31),
            ),
        )
    )
    async with town.database.write() as session:
        await keep_change(
            session, plan_key="cchc-2023", digest="0" * 64, difference=difference, now=town.office.now
        )
    async with town.visitor(OFFICE) as office:
        page = await office.get("/board/plan-changes")
        assert "2.6a · hạn 31/03 → 31/05 · Sở Tư pháp" in text_of(page)
        accepted = await press(office, page, "Áp dụng")
        again = await press(office, page, "Không áp dụng")
        empty = await office.get("/board/plan-changes")

    assert "Đã chọn áp dụng" in text_of(accepted)
    assert "Đã chọn áp dụng" in text_of(again)
    assert "không có gì chờ quyết định" in text_of(empty)
    async with town.database.read() as session:
        [change] = await session.scalars(select(PlanChangeRow))
    assert decision_of(change) is Decision.ACCEPTED


async def test_a_leader_can_do_nothing_here_by_any_form(town: Town) -> None:
    async with town.visitor(LEADER) as leader:
        proof = proof_in((await leader.get("/board/")).text)
        answers = [
            await leader.post("/board/say", data={"proof": proof, "text": text})
            for text in ("/setdue 1.1a STP 30/6/2023", "/hold STP", "/leave", "/status")
        ]
        answers.append(await leader.post("/board/tap", data={"proof": proof, "action": "run:/hold STP"}))

    assert {answer.status_code for answer in answers} == {403}
    assert all("Chỉ được xem" in answer.text for answer in answers)
    async with town.database.read() as session:
        assert list(await session.scalars(select(HoldRow))) == []
    assert town.handled == []


async def test_the_rights_of_the_chat_hold_here_too(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        answer = await say(office, "/done 2.6a")

    assert "cần quyền khác" in text_of(answer)
    assert town.handled == [Handled(command="done", outcome=Outcome.REFUSED)]
    async with town.database.read() as session:
        done = select(func.count()).select_from(AssignmentRow).where(AssignmentRow.state != State.OPEN)
        assert await session.scalar(done) == 0


async def test_another_chat_s_question_cannot_be_answered_here(town: Town) -> None:
    question = await town.say(OFFICER, "/done 2.6a")
    action = next(choice.action for row in question.rows() for choice in row if choice.label == "Xác nhận")
    async with town.visitor(OFFICE) as office:
        proof = proof_in((await office.get("/board/say")).text)
        answer = await office.post("/board/tap", data={"proof": proof, "action": action})

    assert "không dùng được nữa" in text_of(answer)
    assert (await town.office.entry("STP", "2.6a")).is_open


async def test_what_was_typed_is_shown_and_never_becomes_part_of_the_page(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        answer = await say(office, '"><script>alert(1)</script>')

    assert answer.status_code == 200
    assert "<script" not in answer.text


class Breaks(Conversation):
    """Changes something, and breaks."""

    async def answer(self, *args: Any, **more: Any) -> Answer | None:
        await super().answer(*args, **more)
        raise RuntimeError("words that nobody may read")


async def test_what_breaks_half_way_has_not_happened_and_says_nothing_of_itself(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        town.board.talk_with(
            Breaks(entrances=ENTRANCES, timetable=TIMETABLE, options=Options(public_url=town.url))
        )
        answer = await say(office, "/hold STP")

    assert answer.status_code == 500
    assert "Có trục trặc" in answer.text
    assert "nobody may read" not in answer.text
    async with town.database.read() as session:
        assert list(await session.scalars(select(HoldRow))) == []
    assert (town.handled, town.wakings) == ([], 0)
