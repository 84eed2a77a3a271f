from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.commands.evidence import MOST_BYTES
from bot.conversation import Answer
from bot.message import Message
from bot.request import File
from store.states import ChatKind
from store.tables import EvidenceRow
from tests.bot.office import Office, plain

PHOTO = File(id="AgAC1", name="ảnh_5.jpg", size=120_000)
PLAN_FILE = File(id="BQAC1", name="ke-hoach.pdf", size=900_000)


async def send(office: Office, text: str, *files: File, message_id: str = "1") -> Message:
    answer = await office.hear(text, files=files, message_id=message_id)
    assert answer is not None
    return answer.message


async def reply(
    office: Office, *files: File, to: str = "none", under: Message | None = None
) -> Answer | None:
    """Files in reply to a message, which shows the choices of `under`."""
    actions = tuple(choice.action for row in under.rows() for choice in row) if under else ()
    return await office.hear("", files=files, replied_to=to, replied_choices=actions, message_id="9")


async def said(office: Office, *files: File, to: str = "none", under: Message | None = None) -> str:
    answer = await reply(office, *files, to=to, under=under)
    assert answer is not None
    return plain(answer.message)


async def confirm(office: Office, question: Message) -> Message:
    return (await office.tap(question, "Xác nhận")).message


async def kept(office: Office) -> list[tuple[str, str]]:
    async with office.database.read() as session:
        rows = await session.scalars(select(EvidenceRow).order_by(EvidenceRow.id))
        return [(row.file_id, row.name) for row in rows]


async def test_a_file_that_comes_with_a_done_is_kept_by_the_yes(office: Office) -> None:
    await office.bind("STP")

    question = await send(office, "/done 2.6a 15/KH-UBND", PHOTO)
    before = await kept(office)
    answer = await confirm(office, question)

    assert "📎 1 tệp: ảnh_5.jpg" in plain(question)
    assert before == []
    assert "📎 1 tệp: ảnh_5.jpg" in plain(answer)
    assert await kept(office) == [("AgAC1", "ảnh_5.jpg")]
    written = (await office.audit())[-1]
    assert (written.action, written.subject, written.person) == ("evidence", "ảnh_5.jpg", "7")


async def test_a_file_survives_the_question_of_which(office: Office) -> None:
    await office.bind("STP")

    which = await send(office, "/done 2.6", PLAN_FILE)
    await confirm(office, (await office.tap(which, "2.6b")).message)

    assert "📎 1 tệp" in plain(await office.say("/task 2.6b"))
    assert "📎" not in plain(await office.say("/task 2.6a"))


async def test_a_file_is_kept_with_every_assignment_of_one_yes(office: Office) -> None:
    await office.bind("STP")

    await confirm(office, await send(office, "/done 2.6a 2.6b", PLAN_FILE))

    assert await kept(office) == [("BQAC1", "ke-hoach.pdf")] * 2


async def test_a_file_in_reply_to_the_question_waits_for_the_yes(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a")

    told = await said(office, PHOTO, under=question)
    before = await kept(office)
    answer = await confirm(office, question)

    assert told == "📎 Đã nhận 1 tệp: ảnh_5.jpg. Chọn “Xác nhận” để lưu kèm 2.6a."
    assert before == []
    assert "📎 1 tệp: ảnh_5.jpg" in plain(answer)
    assert await kept(office) == [("AgAC1", "ảnh_5.jpg")]


async def test_a_file_in_reply_to_the_own_done_finds_the_question_that_is_open(office: Office) -> None:
    await office.bind("STP")
    which = await send(office, "/done 2.6", message_id="41")
    question = (await office.tap(which, "2.6b")).message

    await reply(office, PHOTO, to="41")
    await confirm(office, question)
    told = await said(office, PLAN_FILE, to="41")

    assert told == "📎 Đã lưu 1 tệp kèm 2.6b: ke-hoach.pdf"
    assert await kept(office) == [("AgAC1", "ảnh_5.jpg"), ("BQAC1", "ke-hoach.pdf")]


async def test_a_file_in_reply_to_the_outcome_is_kept_at_once(office: Office) -> None:
    await office.bind("STP")
    outcome = await confirm(office, await office.say("/done 2.6a"))

    by_button = await said(office, PHOTO, under=outcome)
    by_number = await said(office, PLAN_FILE, to="2")

    assert by_button == "📎 Đã lưu 1 tệp kèm 2.6a: ảnh_5.jpg"
    assert by_number == "📎 Đã lưu 1 tệp kèm 2.6a: ke-hoach.pdf"
    assert "📎 2 tệp" in plain(await office.say("/task 2.6a"))


async def test_words_beside_a_file_that_are_no_command_do_not_matter(office: Office) -> None:
    await office.bind("STP")
    await confirm(office, await office.say("/done 2.6a"))

    answer = await office.hear("gửi anh chị bản ký", files=(PHOTO,), replied_to="2")

    assert answer is not None
    assert "Đã lưu 1 tệp kèm 2.6a" in plain(answer.message)


async def test_a_done_of_what_is_done_adds_its_file(office: Office) -> None:
    await office.bind("STP")
    await confirm(office, await office.say("/done 2.6a"))

    message = await send(office, "/done 2.6a", PHOTO)

    assert "✅ đã xong" in plain(message)
    assert plain(message).endswith("📎 Đã lưu 1 tệp kèm 2.6a: ảnh_5.jpg")
    assert len(await kept(office)) == 1


async def test_the_other_files_of_an_album_go_with_its_first(office: Office) -> None:
    await office.bind("STP")
    first = await office.hear("/done 2.6a", files=(PHOTO,), album="777")
    assert first is not None

    second = await office.hear("", files=(PLAN_FILE,), album="777", message_id="2")
    answer = await confirm(office, first.message)
    third = await office.hear("", files=(File(id="X", name="c.png"),), album="777", message_id="3")

    assert second is None
    assert "📎 2 tệp: ảnh_5.jpg; ke-hoach.pdf" in plain(answer)
    assert third is not None
    assert plain(third.message) == "📎 Đã lưu 1 tệp kèm 2.6a: c.png"


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("a.pdf", MOST_BYTES),
        ("A.PDF", None),
        ("kế hoạch.docx", 1),
        ("b.heic", 1),
        ("c.ods", 1),
        ("bản\u202e ký.jpeg", 1),
    ],
)
async def test_papers_are_taken(office: Office, name: str, size: int | None) -> None:
    await office.bind("STP")

    await confirm(office, await send(office, "/done 2.6a", File(id="F", name=name, size=size)))

    assert len(await kept(office)) == 1


@pytest.mark.parametrize(
    "name", ["virus.exe", "a.pdf.exe", "a.zip", "pdf", "a.", "fdp\u202e.exe", "", "a.htm"]
)
async def test_other_kinds_are_refused_and_nothing_is_asked(office: Office, name: str) -> None:
    await office.bind("STP")

    message = await send(office, "/done 2.6a", File(id="F", name=name))

    assert plain(message).startswith("Không nhận được tệp “")
    assert plain(message).endswith(
        "Nhận ảnh và các tệp pdf, doc, docx, xls, xlsx, odt, ods, jpg, png, heic. Chưa ghi gì."
    )


async def test_a_file_too_large_to_be_fetched_is_refused(office: Office) -> None:
    await office.bind("STP")

    message = await send(office, "/done 2.6a", File(id="F", name="a.pdf", size=MOST_BYTES + 1))

    assert plain(message).startswith("Tệp “a.pdf” lớn quá: mỗi tệp nhiều nhất 20 MB.")


async def test_an_assignment_keeps_ten_files_and_each_once(office: Office) -> None:
    await office.bind("STP")
    await confirm(office, await office.say("/done 2.6a"))
    for number in range(10):
        await reply(office, File(id=f"F{number}", name="a.pdf"), to="2")

    again = await said(office, File(id="F0", name="a.pdf"), to="2")
    full = await said(office, File(id="F10", name="a.pdf"), to="2")

    assert again == "📎 Đã lưu 1 tệp kèm 2.6a: a.pdf"
    assert full == "📎 2.6a đã đủ 10 tệp, không lưu thêm được"
    assert len(await kept(office)) == 10


async def test_a_question_keeps_ten_files(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a")
    for number in range(10):
        await reply(office, File(id=f"F{number}", name="a.pdf"), under=question)

    told = await said(office, PHOTO, under=question)
    await confirm(office, question)

    assert told == "Mỗi việc lưu nhiều nhất 10 tệp, nên chưa lưu tệp này."
    assert len(await kept(office)) == 10


async def test_a_file_alone_gets_a_hint_in_a_private_chat_only(office: Office) -> None:
    await office.bind("STP")

    alone = await said(office, PHOTO, to="404")
    office.kind, office.chat = ChatKind.GROUP, "-20"
    await office.bind("STP")
    in_group = await reply(office, PHOTO, to="404")

    assert alone.startswith("Bot chưa biết tệp này kèm việc nào.")
    assert in_group is None


@pytest.mark.parametrize("text", ["/due", "2.6a", "/help"])
async def test_a_file_with_another_command_is_not_dropped_in_silence(office: Office, text: str) -> None:
    await office.bind("STP")

    message = await send(office, text, PHOTO)

    assert "Tệp gửi kèm lệnh này chưa được lưu." in plain(message)


async def test_a_file_for_what_was_let_go_or_undone_is_not_kept(office: Office) -> None:
    await office.bind("STP")
    let_go = await office.say("/done 2.6b")
    await office.tap(let_go, "Thôi")
    outcome = await confirm(office, await office.say("/done 2.6a"))
    await office.tap(outcome, "Hoàn tác")

    for message in (let_go, outcome):
        assert (await said(office, PHOTO, under=message)).startswith("Việc này chưa được ghi nhận")
    assert await kept(office) == []


async def test_a_file_for_a_question_that_expired_is_not_kept(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/done 2.6a")
    office.now += timedelta(hours=25)

    assert "quá 24 giờ" in await said(office, PHOTO, under=question)


async def test_another_chats_messages_are_no_place_for_files(office: Office) -> None:
    await office.bind("STP")
    outcome = await confirm(office, await office.say("/done 2.6a"))
    office.chat = "200"
    await office.bind("STP")

    told = await said(office, PHOTO, to="2", under=outcome)

    assert told.startswith("Bot chưa biết tệp này kèm việc nào.")
    assert await kept(office) == []


async def test_a_chat_that_lost_its_agency_adds_no_files(office: Office) -> None:
    await office.bind("STP")
    outcome = await confirm(office, await office.say("/done 2.6a"))
    await office.unbind()
    await office.bind("VPUB")

    assert "không còn kết nối với Sở Tư pháp" in await said(office, PHOTO, under=outcome)
    assert await kept(office) == []


async def test_files_of_a_chat_that_nobody_bound_are_met_with_the_way_in(office: Office) -> None:
    assert "chưa kết nối với cơ quan nào" in await said(office, PHOTO)
