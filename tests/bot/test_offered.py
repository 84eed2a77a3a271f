"""A command that a message offers is tapped on one channel and typed on another: both are answered alike."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.message import Message
from plan.deadlines import Deadline, DeadlineKind, Occurrence
from store.states import Role
from tests.bot.heard import notes
from tests.bot.office import (
    PLAN,
    Office,
    assert_commands_can_be_typed,
    open_office,
    output,
    plain,
    spans,
    task,
)


def offers(message: Message) -> list[tuple[str, str]]:
    """Each command as it is tapped and as it is typed."""
    return [(span.text, span.typed) for span in spans(message) if span.typed is not None]


async def answered(office: Office, words: str) -> str:
    """The answer without the code of an invite, which is never the same."""
    return re.sub(r"(/start |start=|startgroup=)[\w-]+", r"\1…", plain(await office.say(words)))


async def assert_answered_alike(office: Office, message: Message) -> None:
    assert offers(message)
    for tapped, typed in offers(message):
        answer = await answered(office, tapped)
        assert answer == await answered(office, typed)
        assert answer == await answered(office, f"“{typed}”")


@pytest.mark.parametrize(
    ("words", "one_of_them"),
    [
        ("/due", ("/done_2_1b_q1", "xong 2.1b q1")),
        ("/due 3", ("/due_all", "hạn tất cả")),
        ("/due all", ("/done_2_1b_q2", "xong 2.1b q2")),
        ("/overdue", ("/done_2_1a", "xong 2.1a")),
        ("/done", ("/done_2_6a", "xong 2.6a")),
        ("/done 6.5", ("/done_6_5_t12", "xong 6.5 t12")),
        ("/task bc", ("/done_bc_q1", "xong BC q1")),
        ("/find rà soát", ("/task_2_6b", "việc 2.6b")),
        ("/history 2.1b", ("/history_2_1b_q4", "lịch sử 2.1b q4")),
        ("/history 2.1b Sở Y tế", ("/history_2_1b_q1", "lịch sử 2.1b q1")),
        ("/snooze 2.2 3 ngày", ("/task_2_2", "việc 2.2")),
    ],
)
async def test_what_officers_are_offered(office: Office, words: str, one_of_them: tuple[str, str]) -> None:
    await office.bind("VPUB", "STTTT", "STP")

    message = await office.say(words)

    assert one_of_them in offers(message)
    await assert_answered_alike(office, message)


@pytest.mark.parametrize(
    ("words", "one_of_them"),
    [
        ("/due tỉnh", ("/due_tinh_all", "hạn tỉnh tất cả")),
        ("/history 2.6a", ("/history_2_6a_stp", "lịch sử 2.6a STP")),
        ("/history 2.1b", ("/history_2_1b_q1", "lịch sử 2.1b q1")),
        ("/bindings", ("/invite_VPUB", "mời VPUB")),
        ("/bindings", ("/revoke_1", "ngắt kết nối 1")),
        ("/setdue", ("/task_1_1a", "việc 1.1a")),
    ],
)
async def test_what_the_standing_office_is_offered(
    office: Office, words: str, one_of_them: tuple[str, str]
) -> None:
    await office.bind("SNV", "STP")
    await office.bind("SNV", role=Role.STANDING_OFFICE)

    message = await office.say(words)

    assert one_of_them in offers(message)
    await assert_answered_alike(office, message)


async def test_what_an_agency_is_offered_that_is_asked_for_support(office: Office) -> None:
    office.chat = "200"
    await office.bind("STTTT")
    office.chat = "100"
    await office.bind("STP")
    await office.tap(await office.say("/ask 2.6a STTTT 20/3 gửi danh mục"), "Xác nhận")
    office.chat = "200"

    [note] = await notes(office, "200")
    refused = await office.say("/waive 2.6a phối hợp 1 không có gì")

    assert_commands_can_be_typed(note)
    for message in (note, refused):
        assert offers(message) == [("/done_2_6a_ask1", "xong 2.6a phối hợp 1")]
        await assert_answered_alike(office, message)


async def test_what_is_offered_of_a_task_with_days_of_its_own() -> None:
    days = [date(2023, 3, 15), date(2023, 12, 15)]
    twice = Deadline(
        kind=DeadlineKind.DATES,
        occurrences=tuple(
            Occurrence(due=day, key=day.isoformat(), period=f"ngày {day:%d/%m}") for day in days
        ),
        needs_review=False,
        reason=None,
    )
    reported = task("7.9", "Tổng hợp", (output("7.9", "Báo cáo", "15/3 và 15/12", twice),), ("STP",))
    async with open_office(replace(PLAN, tasks=(reported,))) as office:
        await office.bind("STP")

        message = await office.say("/task 7.9")

        assert offers(message) == [
            ("/done_7_9_n1503", "xong 7.9 15/03"),
            ("/done_7_9_n1512", "xong 7.9 15/12"),
        ]
        await assert_answered_alike(office, message)
