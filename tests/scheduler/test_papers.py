"""Papers that go with messages: made when these leave, and sent as pictures or documents."""

from collections.abc import AsyncIterator

import pytest

from bot.message import Choice, Message, Paper, block, message
from bot.press import Press
from scheduler.deliver import Deliverer
from store.database import Database
from store.states import OutboxState, Role
from store.tables import BindingRow
from tests.app.town import AT_ONCE, Town
from tests.scheduler.desk import HOURS, LAN, Desk, open_desk
from tests.worlds import TIMETABLE

CHART = Paper(kind="chart", about="area:thu-2023")


@pytest.fixture
async def desk(town: Town, database: Database) -> AsyncIterator[Desk]:
    """Lan's chat is a leader's; the deliverer has a press."""
    async with open_desk(town, database) as opened:
        opened.deliverer = Deliverer(
            database,
            opened.deliverer._channels,
            hours=HOURS,
            calendar=TIMETABLE.calendar,
            pace=AT_ONCE,
            clock=lambda: opened.now,
            wall=lambda: opened.wall,
            press=Press(database, TIMETABLE),
        )
        async with database.write() as session:
            leader = BindingRow(chat_id=opened.chats[LAN], role=Role.LEADER, agency="", bound_at=opened.now)
            session.add(leader)
        yield opened


async def sent(desk: Desk, said: Message) -> tuple[list[dict[str, object]], OutboxState]:
    """The messages of the bot in Lan's chat that came of it, and the row's end."""
    row = await desk.put(LAN, said)
    await desk.deliver()
    found = (await desk.town.ask("GET", f"/chats/{LAN}/messages?limit=100"))["messages"]
    return [one for one in found if one["outgoing"]], (await desk.row(row)).state


async def test_a_chart_is_a_picture_with_its_words_and_choices_under_it(desk: Desk) -> None:
    said = message(
        "Hoàn thành theo lĩnh vực", choices=[[Choice(label="Xem", action="run:/due")]], paper=CHART
    )

    [one], state = await sent(desk, said)

    assert state is OutboxState.SENT
    assert one["photo"]
    assert one["caption"] == "Hoàn thành theo lĩnh vực"
    assert "Xem" in str(one["reply_markup"])


async def test_a_calendar_is_a_document_with_a_name(desk: Desk) -> None:
    [one], _ = await sent(desk, message("Tệp lịch", paper=Paper(kind="calendar")))

    assert "nhac-viec-2023-03-07.ics" in str(one["document"])


async def test_words_that_are_too_long_for_under_a_file_come_before_it(desk: Desk) -> None:
    text, picture = (await sent(desk, message(block("Dài. " * 300), paper=CHART)))[0]

    assert str(text["text"]).startswith("Dài.")
    assert picture["photo"]


async def test_a_paper_that_cannot_be_made_is_said_and_the_answer_comes_all_the_same(desk: Desk) -> None:
    nothing = Paper(kind="chart", about="area:khong-co")

    [one], state = await sent(desk, message("Hoàn thành theo lĩnh vực", paper=nothing))

    assert state is OutboxState.SENT
    assert "Tệp này hiện chưa tạo được" in str(one["text"])
