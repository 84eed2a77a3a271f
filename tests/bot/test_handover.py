"""Handing an agency over to another chat: the new one hears of what is owed, the old one no more."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from store.states import ChatKind, Role
from store.tables import AssignmentRow, BindingRow, InviteRow
from tests.bot.notes import notes
from tests.bot.office import Office, action_of, labels, plain

OLD, NEW = "100", "200"


def code_in(text: str) -> str:
    found: set[str] = set(re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", text))
    [code] = found
    return code


async def speaks_for(office: Office) -> list[tuple[int, str]]:
    async with office.database.read() as session:
        found = await session.scalars(
            select(BindingRow).where(BindingRow.ended_at.is_(None)).order_by(BindingRow.id)
        )
        return [(row.chat_id, row.agency) for row in found]


async def test_a_handover_shows_a_code_and_changes_nothing_yet(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("/handover")

    code = code_in(plain(message))
    link = code.replace("-", "")
    assert plain(message) == (
        "Mã bàn giao Sở Tư pháp\n"
        "\n"
        "Người nhận mã gửi vào cuộc trò chuyện cần kết nối:\n"
        f"/start {code}\n"
        "\n"
        "Hoặc mở liên kết\n"
        f"• cho chat riêng: https://t.me/nhacviec_bot?start={link}\n"
        f"• cho nhóm: https://t.me/nhacviec_bot?startgroup={link}\n"
        "\n"
        "Mã dùng một lần, đến ngày 20/03/2023, và không hiện lại. Chỉ gửi cho đúng người.\n"
        "\n"
        "Khi nơi mới kết nối xong, cuộc trò chuyện này thôi nhận tin của Sở Tư pháp; cho đến lúc đó chưa có gì đổi."
    )
    assert await speaks_for(office) == [(1, "STP")]


async def test_when_the_new_chat_accepts_the_old_one_is_out_and_both_are_told(office: Office) -> None:
    await office.bind("STP")
    code = code_in(plain(await office.say("bàn giao")))
    async with office.database.write() as session:
        for row in await session.scalars(select(AssignmentRow).where(AssignmentRow.agency == "STP")):
            row.next_milestone_on = date(2023, 12, 1)

    office.chat = NEW
    welcome = await office.say(f"/start {code}")

    assert plain(welcome).startswith("✅ Đã kết nối với Sở Tư pháp.")
    assert await speaks_for(office) == [(2, "STP")]
    [note] = await notes(office, OLD)
    assert plain(note) == (
        "✅ Đã bàn giao Sở Tư pháp cho nơi nhận mới.\n"
        "\n"
        "Từ nay cuộc trò chuyện này không nhận tin nhắc việc của Sở Tư pháp nữa. Cảm ơn anh/chị."
    )
    async with office.database.read() as session:
        looks = await session.scalars(
            select(AssignmentRow.next_milestone_on).where(
                AssignmentRow.agency == "STP", AssignmentRow.due.is_not(None)
            )
        )
        assert set(looks) == {date(2023, 3, 13)}


async def test_each_step_is_written_down_without_the_code(office: Office) -> None:
    await office.bind("STP")
    code = code_in(plain(await office.say("/handover")))
    office.chat = NEW
    await office.say(f"/start {code}")

    steps = await office.audit()

    assert [(entry.action, entry.subject, entry.chat_id) for entry in steps] == [
        ("bind", "STP", 1),
        ("handover", "STP", 1),
        ("bind", "STP", 2),
        ("unbind", "STP", 2),
    ]
    assert steps[-1].after == {"role": "officer", "agency": "STP", "chat": 1, "by": "handover"}
    assert not any(code[:5] in f"{entry.subject} {entry.after}" for entry in steps)


async def test_only_the_agency_that_is_handed_over_goes(office: Office) -> None:
    await office.bind("STP", "VPUB")

    which = await office.say("/handover")
    code = code_in(plain((await office.tap(which, "Văn phòng")).message))
    office.chat = NEW
    await office.say(f"/start {code}")

    assert labels(which) == ["Sở Tư pháp", "Văn phòng UBND tỉnh"]
    assert await speaks_for(office) == [(1, "STP"), (2, "VPUB")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/handover VPUB", "Mã bàn giao Văn phòng UBND tỉnh"),
        ("ban giao van phong", "Mã bàn giao Văn phòng UBND tỉnh"),
        ("/handover sở tư phát", "Anh/chị bàn giao cơ quan nào?"),
        ("/handover Sở Y tế", "Ở đây không kết nối với “Sở Y tế”, chỉ với Sở Tư pháp; Văn phòng UBND tỉnh."),
    ],
)
async def test_the_agency_can_be_named(office: Office, typed: str, words: str) -> None:
    await office.bind("STP", "VPUB")

    assert plain(await office.say(typed)).startswith(words)


async def test_the_chat_itself_cannot_take_over_and_does_not_use_up_the_code(office: Office) -> None:
    await office.bind("STP")
    code = code_in(plain(await office.say("/handover")))

    at_home = await office.say(f"/start {code}")
    office.chat = NEW
    elsewhere = await office.say(f"/start {code}")

    assert plain(at_home).startswith("Mã bàn giao này dành cho người phụ trách mới")
    assert plain(elsewhere).startswith("✅ Đã kết nối với Sở Tư pháp.")


async def test_a_chat_that_is_bound_already_can_take_over(office: Office) -> None:
    await office.bind("STP")
    code = code_in(plain(await office.say("/handover")))
    office.chat = NEW
    await office.bind("STP")

    await office.say(f"/start {code}")

    assert await speaks_for(office) == [(2, "STP")]


async def test_a_code_lets_nobody_in_once_its_chat_is_out(office: Office) -> None:
    await office.bind("STP")
    code = code_in(plain(await office.say("/handover")))
    await office.tap(await office.say("/leave"), "Xác nhận")

    office.chat = NEW
    message = await office.say(f"/start {code}")

    assert plain(message) == (
        "Mã bàn giao này không còn hiệu lực: nơi tạo mã không còn kết nối với cơ quan đó. Anh/chị xin mã mới ở Sở Nội vụ"
        " giúp."
    )
    assert await speaks_for(office) == []


async def test_of_two_codes_only_one_hands_over(office: Office) -> None:
    await office.bind("STP")
    first, second = [code_in(plain(await office.say("/handover"))) for _ in range(2)]
    office.chat = NEW
    await office.say(f"/start {second}")
    office.chat = "300"

    message = await office.say(f"/start {first}")

    assert "không còn hiệu lực" in plain(message)
    assert await speaks_for(office) == [(2, "STP")]


async def test_a_code_is_good_for_a_week(office: Office) -> None:
    await office.bind("STP")
    code = code_in(plain(await office.say("/handover")))
    office.now += timedelta(days=8)
    office.chat = NEW

    assert "đã hết hiệu lực" in plain(await office.say(f"/start {code}"))


async def test_only_a_hash_of_the_code_is_kept_with_the_chat_that_it_replaces(office: Office) -> None:
    await office.bind("STP")
    code = code_in(plain(await office.say("/handover")))

    async with office.database.read() as session:
        invite = (await session.scalars(select(InviteRow).order_by(InviteRow.id.desc()))).first()
        assert invite is not None
        assert (invite.role, invite.agency, invite.replaces_chat_id) == (Role.OFFICER, "STP", 1)
        assert code.replace("-", "") not in repr(vars(invite))


async def test_a_group_can_take_over_from_a_person(office: Office) -> None:
    await office.bind("STP")
    code = code_in(plain(await office.say("/handover")))
    office.chat, office.kind = "-300", ChatKind.GROUP

    message = await office.say(f"/start {code.replace('-', '').lower()}")

    assert "Nhóm này sẽ nhận tin" in plain(message)
    assert action_of(message, "Việc đến hạn") == "run:/due"
