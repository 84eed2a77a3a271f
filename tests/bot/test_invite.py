"""The standing office invites: agencies, another chat of its own, a leader."""

import pytest
from sqlalchemy import select

from bot.conversation import Conversation
from bot.options import Options
from bot.zalo.entrance import zalo_entrance
from store.states import Role
from store.tables import InviteRow
from tests.bot.office import ENTRANCES, TIMETABLE, Office, action_of, labels, plain
from tests.bot.test_handover import code_in


async def last_invite(office: Office) -> tuple[Role, str] | None:
    async with office.database.read() as session:
        invite = (await session.scalars(select(InviteRow).order_by(InviteRow.id.desc()))).first()
        return (invite.role, invite.agency) if invite and invite.used_at is None else None


async def test_an_invite_shows_a_code_and_how_to_use_it(office: Office) -> None:
    await office.bind_standing_office()

    message = await office.say("/invite STP")

    code = code_in(plain(message))
    link = code.replace("-", "")
    assert plain(message) == (
        "Mã mời Sở Tư pháp\n"
        "\n"
        "Người nhận mã gửi vào cuộc trò chuyện cần kết nối:\n"
        f"/start {code}\n"
        "\n"
        "Hoặc mở liên kết\n"
        f"• cho chat riêng: https://t.me/nhacviec_bot?start={link}\n"
        f"• cho nhóm: https://t.me/nhacviec_bot?startgroup={link}\n"
        "\n"
        "Mã dùng một lần, đến ngày 20/03/2023, và không hiện lại. Chỉ gửi cho đúng người."
    )


async def test_with_several_channels_an_invite_says_how_it_is_used_on_each(office: Office) -> None:
    await office.bind_standing_office()
    office.conversation = Conversation(
        entrances={**ENTRANCES, "zalo": zalo_entrance("Bot Nhắc Việc")},
        timetable=TIMETABLE,
        options=Options(),
    )

    message = await office.say("/invite STP")

    code = code_in(plain(message))
    assert (
        "Trên Telegram, người nhận mã gửi vào cuộc trò chuyện cần kết nối:\n"
        f"/start {code}\n"
        "\n"
        "Hoặc mở liên kết\n"
    ) in plain(message)
    assert (
        f"\n\nTrên Zalo: mở bot “Bot Nhắc Việc”, nhắn: vào {code}\n"
        "Trong nhóm: nhắc tên bot (@Bot Nhắc Việc) ở đầu tin đó.\n\n"
    ) in plain(message)


async def test_on_zalo_alone_nothing_is_said_of_links(office: Office) -> None:
    await office.bind_standing_office()
    office.channel = "zalo"
    office.conversation = Conversation(
        entrances={"zalo": zalo_entrance("Bot Nhắc Việc")}, timetable=TIMETABLE, options=Options()
    )
    await office.bind("SNV", role=Role.STANDING_OFFICE)

    message = await office.say("/invite STP")

    assert plain(message).startswith("Mã mời Sở Tư pháp\n\nTrên Zalo: mở bot “Bot Nhắc Việc”, nhắn: vào ")
    assert "t.me" not in plain(message)


async def test_the_code_binds_and_only_who_invited_whom_is_written_down(office: Office) -> None:
    await office.bind_standing_office()
    code = code_in(plain(await office.say("mời Sở Tư pháp")))
    invited = (await office.audit())[-1]
    office.chat = "200"

    welcome = await office.say(f"/start {code}")

    assert plain(welcome).startswith("✅ Đã kết nối với Sở Tư pháp.")
    assert (invited.action, invited.subject, invited.person_name) == ("invite", "STP", "Nguyễn Văn A")
    assert invited.after == {"role": "officer", "agency": "STP"}


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("/invite stp", (Role.OFFICER, "STP")),
        ("/invite_STP", (Role.OFFICER, "STP")),
        ("mời so tu phap", (Role.OFFICER, "STP")),
        ("/invite Tư pháp", (Role.OFFICER, "STP")),
        ("/invite lãnh đạo", (Role.LEADER, "")),
        ("moi lanh dao", (Role.LEADER, "")),
        ("/invite thường trực", (Role.STANDING_OFFICE, "SNV")),
        ("/invite cơ quan thường trực SNV", (Role.STANDING_OFFICE, "SNV")),
        ("/invite thuong truc so noi vu", (Role.STANDING_OFFICE, "SNV")),
    ],
)
async def test_who_is_invited_can_be_said_in_many_ways(
    office: Office, typed: str, made: tuple[Role, str]
) -> None:
    await office.bind_standing_office()

    message = await office.say(typed)

    assert code_in(plain(message))
    assert await last_invite(office) == made


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (
            "/invite qqqqqqq",
            "Không có cơ quan “qqqqqqq” trong các kế hoạch mà nơi đây là cơ quan thường trực.",
        ),
        ("/invite sở tư phát", "Không có cơ quan “sở tư phát”. Có phải ý anh/chị là:"),
        ("/invite thường trực STP", "Ở đây chỉ mời thêm được cho cơ quan thường trực là Sở Nội vụ."),
        ("/invite", "Anh/chị mời cơ quan nào?"),
        ("/invite ???", "Anh/chị mời cơ quan nào?"),
    ],
)
async def test_words_that_name_nobody_make_no_code(office: Office, typed: str, words: str) -> None:
    await office.bind_standing_office()

    message = await office.say(typed)

    assert plain(message).startswith(words)
    assert await last_invite(office) is None


async def test_without_words_the_agencies_that_have_no_chat_are_offered(office: Office) -> None:
    await office.bind_standing_office()

    message = await office.say("/invite")

    assert labels(message) == ["Sở Tư pháp", "Sở Thông tin và Truyền thông", "Văn phòng UBND tỉnh"]
    assert action_of(message, "Sở Tư pháp") == "run:/invite STP"
    assert "3 cơ quan chưa có nơi nhận tin." in plain(message)


async def test_an_agency_that_has_chats_gets_one_more_and_the_office_knows(office: Office) -> None:
    await office.bind_standing_office()

    message = await office.say("/invite SNV")

    assert "Sở Nội vụ hiện có 1 nơi nhận tin; mã này thêm một nơi nữa." in plain(message)


async def test_an_officers_chat_invites_nobody(office: Office) -> None:
    await office.bind("SNV")

    message = await office.say("/invite STP")

    assert "cần quyền khác" in plain(message)


async def test_where_bindings_are_confirmed_the_invite_says_so(office: Office) -> None:
    await office.bind_standing_office()
    office.conversation = Conversation(
        entrances=ENTRANCES, timetable=TIMETABLE, options=Options(confirms_bindings=True)
    )

    message = await office.say("/invite STP")

    assert "Kết nối bằng mã này còn chờ cơ quan thường trực đồng ý." in plain(message)
