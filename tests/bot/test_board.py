"""/board: who gets a link to the board, where, and what the link is worth."""

import hashlib
import re
from datetime import timedelta

from sqlalchemy import select

from bot.conversation import Conversation
from bot.options import Options
from store.states import ChatKind, Role
from store.tables import SignInRow
from tests.bot.office import ENTRANCES, TIMETABLE, Office, plain

_LINK = re.compile(r"https://nhacviec\.example\.vn/board/sign-in\?token=([A-Za-z0-9_-]{43})$", re.MULTILINE)


def serve_board(office: Office) -> None:
    office.conversation = Conversation(
        entrances=ENTRANCES,
        timetable=TIMETABLE,
        options=Options(public_url="https://nhacviec.example.vn"),
    )


async def links(office: Office) -> list[SignInRow]:
    async with office.database.read() as session:
        return list(await session.scalars(select(SignInRow).order_by(SignInRow.id)))


async def test_who_oversees_a_plan_gets_a_link_for_ten_minutes_of_which_only_the_hash_is_kept(
    office: Office,
) -> None:
    serve_board(office)
    await office.bind("SNV", role=Role.STANDING_OFFICE)

    said = plain(await office.say("bảng theo dõi"))

    found = _LINK.search(said)
    assert found is not None, said
    [kept] = await links(office)
    assert kept.token_hash == hashlib.sha256(found[1].encode()).hexdigest()
    assert kept.expires_at - kept.created_at == timedelta(minutes=10)
    assert (kept.person, kept.person_name, kept.used_at) == ("7", "Nguyễn Văn A", None)


async def test_each_link_is_another_one(office: Office) -> None:
    serve_board(office)
    await office.bind("", role=Role.LEADER)

    said = [plain(await office.say("/board")) for _ in range(2)]

    assert len({_LINK.findall(one)[0] for one in said}) == 2


async def test_in_a_group_nobody_gets_a_link(office: Office) -> None:
    serve_board(office)
    office.kind = ChatKind.GROUP
    await office.bind("SNV", role=Role.STANDING_OFFICE)

    said = plain(await office.say("/board"))

    assert "chat riêng" in said
    assert await links(office) == []


async def test_an_officer_gets_no_link(office: Office) -> None:
    serve_board(office)
    await office.bind("STP")

    said = plain(await office.say("/board"))

    assert "cần quyền khác" in said
    assert await links(office) == []


async def test_where_no_board_is_served_it_says_so(office: Office) -> None:
    await office.bind("SNV", role=Role.STANDING_OFFICE)

    said = plain(await office.say("/board"))

    assert "chưa được bật" in said
    assert await links(office) == []
