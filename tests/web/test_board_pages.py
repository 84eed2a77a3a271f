"""What stands on the board's pages, to whom, and that it is what the chat says."""

import re
from datetime import UTC, datetime

import httpx
import pytest

from bot.press import Press
from store.chats import find_chat
from store.database import Database
from store.outbox import queue
from store.states import OutboxKind, Role
from store.tables import ScanRow, TroubleRow
from tests.bot.office import TIMETABLE, plain
from tests.web.boarding import LEADER, OFFICE, OFFICER, OTHER, Town, text_of
from web.application import application
from web.board.board import Board
from web.serving import serving

# The thirty-first of March is past, and 2.6a is late.
APRIL = datetime(2023, 4, 20, 2, 0, tzinfo=UTC)
ALL = (
    "/board/",
    "/board/weeks",
    "/board/late",
    "/board/papers",
    "/board/agency/STP",
    "/board/task/cchc-2023/2.6",
)
OFFICES = ("/board/delivery", "/board/plan-changes", "/board/requests", "/board/say")


@pytest.mark.parametrize("path", ALL)
async def test_leaders_and_the_standing_office_read(town: Town, path: str) -> None:
    async with town.visitor(OFFICE) as office, town.visitor(LEADER) as leader:
        pages = [await office.get(path), await leader.get(path)]

    assert [page.status_code for page in pages] == [200, 200]


@pytest.mark.parametrize("path", OFFICES)
async def test_what_is_the_standing_office_s_is_closed_to_leaders(town: Town, path: str) -> None:
    async with town.visitor(OFFICE) as office, town.visitor(LEADER) as leader:
        own = await office.get(path)
        closed = await leader.get(path)
        head = (await leader.get("/board/")).text

    assert (own.status_code, closed.status_code) == (200, 403)
    assert f'href="{path}"' not in head


async def test_the_figures_are_those_of_status(town: Town) -> None:
    town.office.now = APRIL
    said = plain(await town.say(OFFICE, "/status"))
    async with town.visitor(OFFICE) as office:
        page = text_of(await office.get("/board/"))

    counted = re.findall(r"(?:Hoàn thành|Chưa hoàn thành|Không có thời hạn|Tổng cộng)[^:\n]*: \d+", said)
    assert len(counted) >= 5
    for words in counted:
        assert words in page
    reached = re.search(r"Đạt \d+% kế hoạch", said)
    assert reached is not None
    assert reached[0] in page


async def test_a_lamp_says_with_sign_number_and_word_how_an_agency_stands_in_an_area(town: Town) -> None:
    town.office.now = APRIL
    async with town.visitor(OFFICE) as office:
        html = (await office.get("/board/")).text

    row = html[html.index('href="/board/agency/STP"') :].partition("</tr>")[0]
    lamp = re.search(r'<td class="lamp late"><a href="/board/agency/STP\?area=2">(.*?)</a>', row)
    assert lamp is not None, row
    words = re.sub(r"<[^>]+>", "", lamp[1])
    assert words == "LV 2: ✕ 1 quá hạn"


async def test_filters_narrow_by_area_and_agency_and_what_makes_no_sense_does_not(town: Town) -> None:
    town.office.now = APRIL
    async with town.visitor(OFFICE) as office:
        of_area = text_of(await office.get("/board/late?area=6"))
        of_agency = text_of(await office.get("/board/late?agency=STP"))
        of_both = text_of(await office.get("/board/late?area=bc&agency=STP"))
        senseless = text_of(await office.get("/board/late?area=x&plan=other"))
        everything = text_of(await office.get("/board/late"))

    assert "6.5" in of_area
    assert "2.6a" not in of_area
    assert "2.6a" in of_agency
    assert "6.5" not in of_agency
    assert "2.6a" not in of_both
    assert "BC" in of_both
    assert senseless == everything


async def test_the_late_list_is_that_of_the_chat(town: Town) -> None:
    town.office.now = APRIL
    said = plain(await town.say(LEADER, "/late"))
    async with town.visitor(LEADER) as leader:
        page = text_of(await leader.get("/board/late"))

    summary = re.search(r"(\d+) cơ quan, (\d+) việc; lâu nhất (\d+) ngày", said)
    assert summary is not None
    assert re.sub(r"\s+", " ", summary[0]) in re.sub(r" ([,.;])", r"\1", page)


async def test_the_weeks_ahead_say_who_has_not_handed_in(town: Town) -> None:
    async with town.visitor(LEADER) as leader:
        page = text_of(await leader.get("/board/weeks"))

    assert "Tuần này, 13/03–19/03/2023" in page
    week = page.partition("Tuần này")[2].partition("Tuần 20/03")[0]
    assert "BC Báo cáo tình hình" in week
    assert "Sở Tư pháp" in week
    assert "0/2" in week


async def test_a_task_shows_everybody_and_what_happened(town: Town) -> None:
    question = await town.say(OFFICER, "/progress 2.6a 60% đã lấy ý kiến <b>")
    await town.office.tap(question, "Xác nhận")
    async with town.visitor(OFFICE) as office:
        page = await office.get("/board/task/cchc-2023/2.6")

    words = text_of(page)
    assert "“Hoàn thành trước ngày 01/4/2023”" in words
    assert "Đã xong 0/3" in words
    assert "Lê Văn Cán ghi tiến độ 60%: đã lấy ý kiến" in words
    assert "ý kiến &lt;b&gt;" in page.text


async def test_a_leader_sees_no_button_that_changes_anything(town: Town) -> None:
    town.office.now = APRIL
    async with town.visitor(LEADER) as leader:
        pages = [(await leader.get(path)).text for path in ALL]

    for html in pages:
        assert re.findall(r'<form method="post" action="([^"]+)"', html) == ["/board/sign-out"]


async def test_another_office_s_plan_is_not_there(town: Town) -> None:
    await town.say(OTHER, f"/start {await town.office.invite('VPUB', role=Role.STANDING_OFFICE)}")
    async with town.visitor(OTHER) as other:
        task = await other.get("/board/task/cchc-2023/2.6")
        overview = await other.get("/board/")
        late = await other.get("/board/late")

    assert task.status_code == 404
    assert "192/KH-UBND" not in overview.text
    assert "2.6" not in late.text


async def test_what_is_not_there_is_said_kindly(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        pages = [
            await office.get(path)
            for path in (
                "/board/agency/XYZ",
                "/board/task/cchc-2023/9.9",
                "/board/task/other/2.6",
                "/board/nowhere",
                "/board/agency/%00",
            )
        ]

    assert {page.status_code for page in pages} == {404}
    assert all("Không có trang này" in page.text for page in pages)


async def test_the_board_is_found_at_the_root(town: Town) -> None:
    async with town.visitor(OFFICE) as office:
        answers = [await office.get(path) for path in ("/", "/board")]

    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(307, "/board/")] * 2


async def test_delivery_says_what_did_not_arrive_who_is_out_of_reach_and_what_is_amiss(town: Town) -> None:
    async with town.database.write() as session:
        chat = await find_chat(session, channel="telegram", address=OFFICER)
        assert chat is not None
        chat.suspended = "Forbidden: bot was blocked by the user"
        session.add(TroubleRow(name="notes-unsent", detail="3, since then", since=town.wall))
        session.add(
            ScanRow(day=APRIL.date(), at=APRIL, notices=41, messages=12, unreachable=3),
        )
        queue(session, chat_id=chat.id, kind=OutboxKind.NOTE, wall=town.wall, body={"blocks": []})
    async with town.visitor(OFFICE) as office:
        page = text_of(await office.get("/board/delivery"))

    assert "✕ Tin báo chưa gửi đi được từ 19:00 ngày 23/11/2026" in page
    assert (
        "Rà soát gần nhất: 09:00 ngày 20/04/2023: 41 lời nhắc trong 12 tin, 3 việc không có nơi nhận." in page
    )
    assert "1 tin báo, lâu nhất từ 19:00 ngày 23/11/2026" in page
    assert "Sở Tư pháp (chat riêng): bot bị chặn" in page
    assert "Văn phòng UBND tỉnh" in page.partition("Cơ quan chưa kết nối")[2]


async def test_while_the_database_is_away_people_read_a_kind_page() -> None:
    empty = Database("sqlite:///:memory:")
    board = Board(
        empty, "http://127.0.0.1", press=Press(empty, TIMETABLE), clock=lambda: APRIL, wall=lambda: APRIL
    )
    async with (
        serving(application(board.routes()), host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser,
    ):
        browser.cookies.set("nhacviec-board", "x")
        page = await browser.get("/board/")
    await empty.close()

    assert page.status_code == 503
    assert "Tạm thời chưa xem được" in page.text
    assert page.headers["Cache-Control"] == "no-store"


async def test_papers_are_made_for_who_may_have_them(town: Town) -> None:
    town.office.now = APRIL
    async with town.visitor(OFFICE) as office, town.visitor(LEADER) as leader:
        page = (await office.get("/board/papers")).text
        links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/board/paper\?[^"]+)"', page)]
        files = [await office.get(link) for link in links]
        letters = [link for link in links if "kind=letter" in link]
        refused = [await leader.get(link) for link in letters]

    assert {file.status_code for file in files} == {200}
    assert {"docx", "xlsx", "png"} <= {
        file.headers["Content-Disposition"].rpartition(".")[2] for file in files
    }
    assert letters
    assert {one.status_code for one in refused} == {403}


@pytest.mark.parametrize(
    "asked",
    ["kind=report&about=x", "kind=chart&about=area:khong-co", "kind=letter&about=", "kind=x&about=y", ""],
)
async def test_a_forged_paper_is_nothing_there(town: Town, asked: str) -> None:
    async with town.visitor(OFFICE) as office:
        assert (await office.get(f"/board/paper?{asked}")).status_code == 404
