"""Photos and files that come alone: a channel may have no replies, and sends a photo and its words one after the other."""

from datetime import timedelta

import pytest

from bot.conversation import Answer
from bot.message import Message
from bot.request import File, Person
from store.states import ChatKind
from tests.bot.office import Office, labels, plain
from tests.bot.test_evidence import PHOTO, PLAN_FILE, confirm, kept

THIRD = File(id="https://photo.example/abc?x=1", name="ảnh.jpg")
UNKNOWN_PLACE = "Bot chưa biết tệp này kèm việc nào."


async def alone(office: Office, *files: File) -> Answer | None:
    return await office.hear("", files=files, message_id="9")


async def said(office: Office, *files: File) -> Message:
    answer = await alone(office, *files)
    assert answer is not None
    return answer.message


async def asks(office: Office, text: str, message_id: str) -> Message:
    answer = await office.hear(text, message_id=message_id)
    assert answer is not None
    return answer.message


async def report(office: Office, code: str) -> None:
    await confirm(office, await asks(office, f"xong {code}", f"of {code}"))


# ---- after the question ----


async def test_a_photo_belongs_to_the_one_question_that_waits_and_more_of_them_need_no_word(
    office: Office,
) -> None:
    await office.bind("STP")
    question = await asks(office, "xong 2.6a", "1")

    first = await said(office, PHOTO)
    second = await alone(office, PLAN_FILE)
    office.now += timedelta(minutes=30)
    later = await said(office, THIRD)
    answer = await confirm(office, question)

    assert plain(first) == "📎 Đã nhận 1 tệp: ảnh_5.jpg. Chọn “Xác nhận” để lưu kèm 2.6a."
    assert second is None
    assert plain(later).startswith("📎 Đã nhận 1 tệp: ảnh.jpg.")
    assert "📎 3 tệp" in plain(answer)
    assert len(await kept(office)) == 3


async def test_a_photo_belongs_to_a_question_of_which_and_goes_with_what_is_picked(office: Office) -> None:
    await office.bind("STP")
    which = await asks(office, "xong 2.6", "1")

    told = await said(office, PHOTO)
    question = (await office.tap(which, "2.6b")).message
    await alone(office, PLAN_FILE)
    await confirm(office, question)

    assert plain(told) == "📎 Đã nhận 1 tệp: ảnh_5.jpg. Chọn việc, rồi “Xác nhận” để lưu kèm."
    assert "📎 2 tệp" in plain(await office.say("/task 2.6b"))


async def test_of_two_questions_that_wait_none_is_guessed(office: Office) -> None:
    await office.bind("STP")
    await asks(office, "xong 2.6a", "1")
    await asks(office, "xong 2.6b", "2")

    assert plain(await said(office, PHOTO)).startswith(UNKNOWN_PLACE)


async def test_a_question_that_was_asked_twice_is_one(office: Office) -> None:
    await office.bind("STP")
    await asks(office, "xong 2.6a", "1")
    again = await asks(office, "xong 2.6a", "2")

    await said(office, PHOTO)
    await confirm(office, again)

    assert len(await kept(office)) == 1


async def test_a_question_whose_point_is_gone_waits_for_nothing(office: Office) -> None:
    await office.bind("STP")
    await asks(office, "xong 2.6a", "1")
    await confirm(office, await asks(office, "xong 2.6a", "2"))

    assert plain(await said(office, PHOTO)).startswith("📎 Tệp này kèm việc nào?")


async def test_a_question_keeps_ten_files_that_came_alone(office: Office) -> None:
    await office.bind("STP")
    question = await asks(office, "xong 2.6a", "1")
    for number in range(10):
        await alone(office, File(id=f"F{number}", name="a.pdf"))

    full = await said(office, PHOTO)
    await confirm(office, question)

    assert plain(full) == "Mỗi việc lưu nhiều nhất 10 tệp, nên chưa lưu tệp này."
    assert len(await kept(office)) == 10


# ---- after the yes ----


async def test_after_a_report_it_is_asked_once_to_what_the_photos_belong(office: Office) -> None:
    await office.bind("STP")
    await report(office, "2.6a")
    await report(office, "2.6b")

    question = await said(office, PHOTO)
    second = await alone(office, THIRD)
    answer = await office.tap(question, "2.6a")

    assert plain(question).startswith("📎 Tệp này kèm việc nào?\n\nảnh_5.jpg\n[2.6b · ")
    assert [label[:4] for label in labels(question)] == ["2.6b", "2.6a", "Thôi"]
    assert second is None
    assert plain(answer.message) == "📎 Đã lưu 2 tệp kèm 2.6a: ảnh_5.jpg; ảnh.jpg"
    assert await kept(office) == [("AgAC1", "ảnh_5.jpg"), ("https://photo.example/abc?x=1", "ảnh.jpg")]


async def test_a_photo_from_before_the_reports_is_asked_about_with_the_one_after_them(office: Office) -> None:
    await office.bind("STP")
    first, second = await asks(office, "xong 2.6a", "1"), await asks(office, "xong 2.6b", "2")
    await said(office, PHOTO)
    await confirm(office, first)
    await confirm(office, second)

    question = await said(office, PLAN_FILE)
    await office.tap(question, "2.6b")

    assert "\n\nảnh_5.jpg; ke-hoach.pdf\n" in plain(question)
    assert len(await kept(office)) == 2


async def test_the_question_to_what_photos_belong_is_answered_once(office: Office) -> None:
    await office.bind("STP")
    await report(office, "2.6a")
    question = await said(office, PHOTO)
    await office.tap(question, "2.6a")

    again = await office.tap(question, "2.6a")

    assert plain(again.message) == "Lựa chọn này đã được dùng rồi, không có gì thay đổi thêm."
    assert len(await kept(office)) == 1


async def test_photos_that_belong_to_nothing_are_let_go(office: Office) -> None:
    await office.bind("STP")
    await report(office, "2.6a")
    question = await said(office, PHOTO)

    answer = await office.tap(question, "Thôi")

    assert plain(answer.message) == "Đã thôi, chưa ghi gì."
    assert await kept(office) == []
    assert "Kèm" not in plain(await office.say("xong 2.6b"))


async def test_nothing_is_attached_to_what_was_taken_back_meanwhile(office: Office) -> None:
    await office.bind("STP")
    outcome = await confirm(office, await asks(office, "xong 2.6a", "1"))
    question = await said(office, PHOTO)
    await office.tap(outcome, "Hoàn tác")

    answer = await office.tap(question, "2.6a")

    assert plain(answer.message).startswith("Việc này chưa được ghi nhận, hoặc đã hoàn tác")
    assert await kept(office) == []


async def test_a_chat_that_lost_its_agency_attaches_nothing(office: Office) -> None:
    await office.bind("STP")
    await report(office, "2.6a")
    question = await said(office, PHOTO)
    await office.unbind()
    await office.bind("VPUB")

    answer = await office.tap(question, "2.6a")

    assert "không còn kết nối với Sở Tư pháp" in plain(answer.message)
    assert await kept(office) == []


@pytest.mark.parametrize("action", ["yes:{}", "undo:{}", "pick:{}:7"])
async def test_a_forged_answer_to_that_question_attaches_nothing(office: Office, action: str) -> None:
    await office.bind("STP")
    await report(office, "2.6a")
    question = await said(office, PHOTO)
    number = question.choices[0][0].action.split(":")[1]

    await office.touch(action.format(number))

    assert await kept(office) == []


async def test_what_was_reported_the_day_before_is_not_offered(office: Office) -> None:
    await office.bind("STP")
    await report(office, "2.6a")
    office.now += timedelta(hours=25)

    assert plain(await said(office, PHOTO)).startswith(UNKNOWN_PLACE)


# ---- before the words ----


async def test_a_photo_that_came_first_is_offered_by_the_question_that_follows(office: Office) -> None:
    await office.bind("STP")
    hint = await said(office, PHOTO)
    second = await alone(office, THIRD)
    office.now += timedelta(minutes=3)

    question = await office.say("xong 2.6a")
    answer = await confirm(office, question)

    assert plain(hint).startswith(UNKNOWN_PLACE)
    assert second is None
    assert "📎 Kèm 2 tệp vừa gửi: ảnh_5.jpg; ảnh.jpg" in plain(question)
    assert "✅ Đã ghi nhận xong." in plain(answer)
    assert len(await kept(office)) == 2


async def test_a_photo_is_offered_once_and_not_after_a_while(office: Office) -> None:
    await office.bind("STP")
    await said(office, PHOTO)
    await office.say("xong 2.6a")

    again = await office.say("xong 2.6b")
    office.now += timedelta(minutes=20)
    await said(office, PLAN_FILE, THIRD)
    office.now += timedelta(minutes=11)
    later = await office.say("xong 2.6b")

    assert "📎" not in plain(again)
    assert "📎" not in plain(later)


async def test_a_photo_of_another_person_or_chat_is_not_offered(office: Office) -> None:
    office.kind = ChatKind.GROUP
    await office.bind("STP")
    await alone(office, PHOTO)

    office.person = Person(id="8", name="Trần B")
    of_another = await office.say("xong 2.6a")
    office.person, office.chat = Person(id="7", name="Nguyễn Văn A"), "200"
    await office.bind("STP")
    elsewhere = await office.say("xong 2.6a")

    assert "📎" not in plain(of_another)
    assert "📎" not in plain(elsewhere)


# ---- in a group ----


async def test_in_a_group_a_photo_belongs_to_the_question_of_who_sent_it(office: Office) -> None:
    office.kind = ChatKind.GROUP
    await office.bind("STP")
    await office.say("xong 2.6a")

    office.person = Person(id="8", name="Trần B")
    of_another = await alone(office, PLAN_FILE)
    office.person = Person(id="7", name="Nguyễn Văn A")
    of_who_asked = await said(office, PHOTO)

    assert of_another is None
    assert plain(of_who_asked).startswith("📎 Đã nhận 1 tệp: ảnh_5.jpg.")


async def test_in_a_group_photos_that_do_not_follow_a_report_stay_unanswered(office: Office) -> None:
    office.kind = ChatKind.GROUP
    await office.bind("STP")
    await report(office, "2.6a")

    follows = await said(office, PHOTO)
    office.now += timedelta(minutes=30)
    hours_later = await alone(office, PHOTO)
    not_taken = await alone(office, File(id="X", name="a.exe"))

    assert plain(follows).startswith("📎 Tệp này kèm việc nào?")
    assert hours_later is None
    assert not_taken is None
