from datetime import date, timedelta
from typing import Any

import pytest

from bot.conversation import Conversation
from bot.options import Options
from store.changes import Actor, write
from store.chats import chat_for
from store.proposals import propose
from store.states import Role, State
from store.tables import AssignmentRow
from tests.bot.office import ENTRANCES, TIMETABLE, Office, labels, plain


async def do(office: Office, words: str) -> None:
    await office.tap(await office.say(words), "Xác nhận")


async def change(office: Office, agency: str, code: str, action: str, **values: Any) -> None:
    """A change as a command makes it, once a person has said yes in the office's chat."""
    entry = await office.entry(agency, code)
    async with office.database.write() as session:
        chat = await chat_for(session, channel="telegram", address=office.chat, kind=office.kind)
        proposal = await propose(
            session, chat_id=chat.id, action=action, assignment_ids=[entry.id], now=office.now
        )
        row = await session.get_one(AssignmentRow, entry.id)
        actor = Actor(person="7", name="Lan", chat_id=chat.id)
        await write(session, row, action, values, actor=actor, now=office.now, proposal_id=proposal)


async def test_undo_shows_the_last_change_and_asks_once(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6b")
    await do(office, "/done 2.6a 15/KH-UBND")

    question = await office.say("/undo")
    before = await office.done_codes()
    answer = await office.tap(question, "Xác nhận")

    assert plain(question).startswith("Hoàn tác lần ghi này?\n\n2.6a ")
    assert "✅ đã xong ngày 13/03/2023, số 15/KH-UBND" in plain(question)
    assert "Hoàn tác: Ghi nhận đã xong lúc 07:30 13/03/2023" in plain(question)
    assert before == ["STP 2.6a", "STP 2.6b"]
    assert plain(answer.message).startswith("↩️ Đã hoàn tác, việc lại để mở.\n\n2.6a ")
    assert await office.done_codes() == ["STP 2.6b"]


async def test_after_one_undo_the_change_before_it_is_next(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6b")
    await do(office, "/done 2.6a")

    for _ in range(2):
        await do(office, "hoàn tác")
    nothing = await office.say("/undo")

    assert await office.done_codes() == []
    assert plain(nothing).startswith("Không có lần ghi nào ở đây hoàn tác được")


async def test_a_no_takes_nothing_back(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6a")

    answer = await office.tap(await office.say("/undo"), "Thôi")

    assert plain(answer.message) == "Đã thôi, chưa ghi gì."
    assert await office.done_codes() == ["STP 2.6a"]


async def test_a_code_names_the_last_change_of_that_assignment(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6a")
    await do(office, "/done 2.6b")

    await do(office, "/undo 2.6a")

    assert await office.done_codes() == ["STP 2.6b"]


async def test_of_what_one_yes_did_a_code_takes_back_its_own_part_only(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6a 2.6b")

    await do(office, "/undo 2.6a")

    assert await office.done_codes() == ["STP 2.6b"]


async def test_what_one_yes_did_is_taken_back_together(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.2")
    await do(office, "/done 2.6a 2.6b")

    await do(office, "/undo")

    assert await office.done_codes() == ["STP 2.2"]


async def test_a_period_names_the_slot(office: Office) -> None:
    await office.bind("VPUB")
    await do(office, "/done 2.1b quý I")
    await do(office, "/done 2.1b quý II")

    await do(office, "/undo 2.1b quý I")

    assert await office.done_codes() == ["VPUB 2.1b 2023-Q2"]


@pytest.mark.parametrize(
    ("action", "values", "said", "deed"),
    [
        ("done", {"state": State.DONE}, "Đã hoàn tác, việc lại để mở.", "Ghi nhận đã xong"),
        ("waive", {"state": State.WAIVED}, "Đã hoàn tác, việc lại để mở.", "Ghi nhận không phát sinh"),
        ("progress", {"progress": 60}, "Đã hoàn tác, tiến độ trở lại như trước.", "Ghi tiến độ"),
        (
            "snooze",
            {"snoozed_until": date(2023, 3, 20)},
            "Đã hoàn tác, lịch nhắc trở lại như trước.",
            "Hoãn nhắc",
        ),
        ("setdue", {"set_due": date(2023, 6, 30)}, "Đã hoàn tác, hạn trở lại như trước.", "Ấn định ngày"),
    ],
)
async def test_every_kind_of_change_is_taken_back_in_its_own_words(
    office: Office, action: str, values: dict[str, Any], said: str, deed: str
) -> None:
    await office.bind("STP")
    before = await office.entry("STP", "2.6a")
    await change(office, "STP", "2.6a", action, **values)

    question = await office.say("/undo")
    answer = await office.tap(question, "Xác nhận")

    assert deed in plain(question)
    assert plain(answer.message).startswith(f"↩️ {said}")
    assert await office.entry("STP", "2.6a") == before


async def test_a_change_older_than_a_week_stays(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6a")
    office.now += timedelta(days=8)

    message = await office.say("/undo 2.6a")

    assert plain(message).startswith("2.6a không có lần ghi nào ở đây hoàn tác được")
    assert labels(message) == ["Việc đến hạn"]


async def test_another_chats_change_is_not_ours_to_take_back(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6a")
    office.chat = "200"
    await office.bind("STP")

    message = await office.say("/undo")

    assert plain(message).startswith("Không có lần ghi nào ở đây hoàn tác được")
    assert await office.done_codes() == ["STP 2.6a"]


async def test_what_somebody_changed_since_stays_and_the_one_before_is_offered(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6b")
    await change(office, "STP", "2.6a", "progress", progress=60)
    office.chat = "200"
    await office.bind("STP")
    await change(office, "STP", "2.6a", "progress", progress=90)
    office.chat = "100"

    question = await office.say("/undo")

    assert plain(question).startswith("Hoàn tác lần ghi này?\n\n2.6b ")


async def test_what_is_taken_back_twice_says_so(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6a")
    first, second = await office.say("/undo"), await office.say("/undo")
    await office.tap(first, "Xác nhận")

    answer = await office.tap(second, "Xác nhận")

    assert plain(answer.message).startswith("Không hoàn tác được nữa")


async def test_the_standing_office_takes_back_what_it_changed_itself(office: Office) -> None:
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    await change(office, "STP", "2.6a", "setdue", set_due=date(2023, 6, 30))

    answer = await office.tap(await office.say("/undo 2.6a"), "Xác nhận")

    assert plain(answer.message).startswith("↩️ Đã hoàn tác, hạn trở lại như trước.")
    assert "/done" not in plain(answer.message)


async def test_a_chat_that_lost_its_agency_takes_nothing_back(office: Office) -> None:
    await office.bind("STP")
    await do(office, "/done 2.6a")
    question = await office.say("/undo")
    await office.unbind()
    await office.bind("VPUB")

    answer = await office.tap(question, "Xác nhận")
    again = await office.say("/undo")

    assert "không còn kết nối với Sở Tư pháp" in plain(answer.message)
    assert plain(again).startswith("Không có lần ghi nào")
    assert await office.done_codes() == ["STP 2.6a"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/undo 7.2a", "7.2a do Sở Nội vụ chủ trì"),
        ("/undo 26a", "Không có việc mã “26a”. Có phải ý anh/chị là:"),
    ],
)
async def test_a_code_of_others_and_an_unknown_one_have_their_answers(
    office: Office, words: str, said: str
) -> None:
    await office.bind("STP")

    assert plain(await office.say(words)).startswith(said)


async def test_what_was_asked_for_last_is_taken_back_first(office: Office) -> None:
    await office.bind("STP")
    await office.tap(await office.say("/progress 2.6a 60%"), "Xác nhận")
    office.now += timedelta(minutes=5)
    await office.tap(await office.say("/extend 2.6a 30/6 chờ văn bản"), "Xác nhận")

    question = await office.say("/undo")

    assert "Hoàn tác: Xin gia hạn lúc 07:35 13/03/2023" in plain(question)
    assert "Đã rút lại đề nghị gia hạn" in plain((await office.tap(question, "Xác nhận")).message)
    assert "Hoàn tác: Ghi tiến độ" in plain(await office.say("/undo"))
    assert (await office.entry("STP", "2.6a")).progress == 60


async def test_what_the_office_approved_says_why_it_stays(office: Office) -> None:
    office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(approves_done=True)
    )
    await office.bind("STP")
    shown = (await office.tap(await office.say("/done 2.6a"), "Xác nhận")).message
    office.chat = "200"
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    await office.say("/approve 1")
    office.chat = "100"

    why = "Không hoàn tác được nữa: Sở Nội vụ (cơ quan thường trực) đã duyệt 2.6a."
    assert plain((await office.tap(shown, "Hoàn tác")).message).startswith(why)
    assert plain(await office.say("/undo 2.6a")).startswith(why)
