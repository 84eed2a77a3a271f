"""/report: the report of a period and letters to who is late, as files."""

import io

import docx
import openpyxl
import pytest

from bot.channel import File
from bot.message import Message, Paper
from bot.press import OutOfPrint, Press
from bot.wording import NOT_ITS_ROLE
from store.chats import find_chat
from store.states import Role
from tests.bot.office import PLAN, TIMETABLE, Office, labels, plain


async def printed(office: Office, said: Message) -> File:
    assert said.paper is not None
    async with office.database.read() as session:
        chat = await find_chat(session, channel="telegram", address=office.chat)
        assert chat is not None
    return await Press(office.database, TIMETABLE).print(said.paper, chat.id, now=office.now)


def text_of(file: File) -> str:
    paper = docx.Document(io.BytesIO(file.content))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


@pytest.mark.parametrize("typed", ["/report quý I", "lập báo cáo quý 1", f"/report q1 {PLAN.key}"])
async def test_the_report_of_a_period_is_a_paper(office: Office, typed: str) -> None:
    await office.bind_standing_office()

    said = await office.say(typed)
    file = await printed(office, said)

    assert said.paper == Paper(kind="report", about=f"docx:{PLAN.key}:q1")
    assert "tạm tính" in plain(said)
    assert file.name.endswith(".docx")
    assert "BÁO CÁO" in text_of(file)
    assert "192/KH-UBND" in text_of(file)


async def test_a_tap_brings_the_same_as_a_workbook(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    said = (await office.tap(await office.say("/report quý I"), "Bản Excel")).message
    file = await printed(office, said)

    assert file.name.endswith(".xlsx")
    assert len(openpyxl.load_workbook(io.BytesIO(file.content)).sheetnames) > 3


async def test_without_a_period_the_known_ones_are_offered(office: Office) -> None:
    await office.bind_standing_office()

    offered = await office.say("/report")
    chosen = (await office.tap(offered, labels(offered)[0])).message

    assert offered.paper is None
    assert labels(offered)[-1] == "Công văn đôn đốc"
    assert chosen.paper is not None


async def test_a_letter_goes_to_an_agency_that_is_late(office: Office) -> None:
    await office.bind_standing_office()
    office.now = office.now.replace(month=5)

    offered = await office.say("/report đôn đốc")
    said = (await office.tap(offered, "Sở Tư pháp")).message
    file = await printed(office, said)

    assert said.paper == Paper(kind="letter", about=f"{PLAN.key}:STP")
    assert "Sở Tư pháp" in text_of(file)


async def test_who_is_late_no_more_gets_no_letter(office: Office) -> None:
    await office.bind_standing_office()

    assert "“STP” hiện không có việc quá hạn" in plain(await office.say("/report đôn đốc STP"))
    with pytest.raises(OutOfPrint):
        await printed(office, Message(blocks=(), paper=Paper(kind="letter", about=f"{PLAN.key}:STP")))


async def test_letters_are_the_standing_offices_alone(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    assert "cơ quan thường trực soạn" in plain(await office.say("/report đôn đốc STP"))


async def test_a_chat_that_lost_its_rights_gets_no_paper(office: Office) -> None:
    await office.bind_standing_office()
    said = await office.say("/report quý I")
    await office.unbind()

    with pytest.raises(OutOfPrint):
        await printed(office, said)


async def test_officers_have_no_report(office: Office) -> None:
    await office.bind("STP")

    assert plain(await office.say("/report quý I")) == plain(NOT_ITS_ROLE)
