"""Who a chat speaks for: seen by itself and by the standing office, and ended by either."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from store.chats import find_chat, suspend
from store.states import ChatKind, Role
from store.tables import BindingRow
from tests.bot.notes import notes, told
from tests.bot.office import Office, action_of, labels, plain

OFFICE, STP, STP_GROUP = "100", "200", "-300"


async def small_town(office: Office) -> None:
    """The standing office, a person and a group of Sở Tư pháp."""
    await office.bind_standing_office()
    office.chat = STP
    await office.bind("STP")
    office.chat, office.kind = STP_GROUP, ChatKind.GROUP
    await office.bind("STP")
    at_office(office)


def at_office(office: Office) -> None:
    office.chat, office.kind = OFFICE, ChatKind.PRIVATE


async def live(office: Office) -> set[tuple[str, str]]:
    """(role, agency) of everything that is bound."""
    async with office.database.read() as session:
        found = await session.scalars(select(BindingRow).where(BindingRow.ended_at.is_(None)))
        return {(row.role.value, row.agency) for row in found}


async def number_of(office: Office, agency: str, role: Role = Role.OFFICER) -> int:
    async with office.database.read() as session:
        found = await session.scalars(
            select(BindingRow.id)
            .where(BindingRow.agency == agency, BindingRow.role == role, BindingRow.ended_at.is_(None))
            .order_by(BindingRow.id)
        )
        return found.first() or 0


async def out_of_reach(office: Office, address: str, reason: str) -> None:
    async with office.database.write() as session:
        chat = await find_chat(session, channel="telegram", address=address)
        assert chat is not None
        await suspend(session, chat.id, reason)


# ---- /who ----


async def test_who_says_as_what_since_when_and_what_may_be_done(office: Office) -> None:
    await office.bind_standing_office()

    message = await office.say("/who")

    assert plain(message) == (
        "Cuộc trò chuyện này đang kết nối với:\n"
        "• Sở Nội vụ · từ 13/03/2023\n"
        "• Cơ quan thường trực (Sở Nội vụ) · từ 13/03/2023\n"
        "\n"
        "Được làm: xem việc của cơ quan mình, ghi nhận xong, ghi tiến độ, xin gia hạn; xem việc của mọi cơ quan, đôn đốc,"
        " duyệt đề nghị, mời và ngắt kết nối.\n"
        "[Việc đến hạn] [Trợ giúp]"
    )


async def test_who_in_a_group_shows_its_setting_and_nobodys_name(office: Office) -> None:
    office.kind = ChatKind.GROUP
    await office.bind("STP")

    message = await office.say("/ai")

    assert plain(message).startswith("Nhóm này đang kết nối với:\n• Sở Tư pháp · từ 13/03/2023")
    assert "Trong nhóm này, mọi thành viên đều được ghi nhận." in plain(message)
    assert "Nguyễn Văn A" not in plain(message)


@pytest.mark.parametrize(
    ("role", "what"), [(Role.LEADER, "Kênh lãnh đạo"), (Role.OPERATOR, "Kênh vận hành hệ thống")]
)
async def test_who_knows_leaders_and_operators(office: Office, role: Role, what: str) -> None:
    await office.bind("", role=role)

    assert f"• {what} · từ 13/03/2023" in plain(await office.say("/who"))


async def test_who_in_a_chat_that_nobody_bound_says_how_to_get_in(office: Office) -> None:
    message = await office.say("/who")

    assert plain(message).startswith("Cuộc trò chuyện này chưa kết nối với cơ quan nào.")
    assert "/start MÃ-MỜI" in plain(message)


# ---- /leave ----


async def test_leaving_is_asked_once_ends_the_binding_and_is_written_down(office: Office) -> None:
    await office.bind("STP")

    question = await office.say("/leave")
    answer = await office.tap(question, "Xác nhận")

    assert plain(question) == (
        "Ngừng kết nối với Sở Tư pháp?\n"
        "\n"
        "Từ nay tại đây không nhận tin, không xem và không ghi nhận được nữa. Muốn kết nối lại thì cần mã mời mới.\n"
        "\n"
        "Sở Tư pháp sẽ không còn nơi nhận tin; cơ quan thường trực được báo. Nếu có người thay, anh/chị dùng /handover.\n"
        "[Xác nhận] [Thôi]"
    )
    assert answer.edits_tapped
    assert plain(answer.message).startswith("✅ Đã ngừng kết nối với Sở Tư pháp.")
    assert await live(office) == set()
    entry = (await office.audit())[-1]
    assert (entry.action, entry.subject, entry.person, entry.person_name) == (
        "unbind",
        "STP",
        "7",
        "Nguyễn Văn A",
    )
    assert entry.after is not None
    assert (entry.after["role"], entry.after["by"]) == ("officer", "leave")
    assert "chưa kết nối" in plain(await office.say("/due"))


async def test_who_thinks_better_of_it_stays(office: Office) -> None:
    await office.bind("STP")

    answer = await office.tap(await office.say("/roi"), "Thôi")

    assert plain(answer.message) == "Đã thôi, chưa ghi gì."
    assert await live(office) == {("officer", "STP")}


async def test_the_question_alone_changes_nothing_and_its_yes_expires(office: Office) -> None:
    await office.bind("STP")
    question = await office.say("/leave")
    office.now += timedelta(hours=25)

    answer = await office.tap(question, "Xác nhận")

    assert "quá 24 giờ" in plain(answer.message)
    assert await live(office) == {("officer", "STP")}


async def test_of_several_bindings_each_has_its_button_and_all_have_one(office: Office) -> None:
    await office.bind("STP", "VPUB")

    which = await office.say("/leave")
    one = await office.tap(which, "Sở Tư pháp")
    every = await office.tap(which, "Tất cả (2)")

    assert labels(which) == ["Sở Tư pháp", "Văn phòng UBND tỉnh", "Tất cả (2)"]
    assert plain(one.message).startswith("Ngừng kết nối với Sở Tư pháp?")
    assert plain(every.message).startswith("Ngừng kết nối với Sở Tư pháp; Văn phòng UBND tỉnh?")

    await office.tap(every.message, "Xác nhận")
    assert await live(office) == set()


@pytest.mark.parametrize("typed", ["/leave STP", "rời sở tư pháp", "/leave tu phap"])
async def test_one_of_several_is_left_by_name(office: Office, typed: str) -> None:
    await office.bind("STP", "VPUB")

    await office.tap(await office.say(typed), "Xác nhận")

    assert await live(office) == {("officer", "VPUB")}


async def test_a_name_that_is_not_bound_here_is_met_with_what_is(office: Office) -> None:
    await office.bind("STP", "VPUB")

    message = await office.say("/leave Sở Y tế")

    assert plain(message).startswith("Ở đây không có kết nối “Sở Y tế”. Anh/chị muốn ngừng kết nối nào?")
    assert await live(office) == {("officer", "STP"), ("officer", "VPUB")}


async def test_another_chats_binding_cannot_be_left(office: Office) -> None:
    await small_town(office)
    foreign = await number_of(office, "SNV")
    office.chat = STP

    message = await office.say(f"/leave {foreign}")

    assert plain(message).startswith("Ở đây không có kết nối")
    assert "Xác nhận" not in labels(message)


async def test_the_agencys_other_chats_hear_and_the_office_only_when_none_is_left(office: Office) -> None:
    await small_town(office)

    office.chat = STP
    await office.tap(await office.say("/leave"), "Xác nhận")
    first_told = await told(office, STP_GROUP), await told(office, OFFICE)
    office.chat, office.kind = STP_GROUP, ChatKind.GROUP
    await make_admin(office)
    await office.tap(await office.say("/leave"), "Xác nhận")

    assert first_told == (
        [
            "Một cuộc trò chuyện khác vừa ngừng kết nối với Sở Tư pháp. Cuộc trò chuyện này vẫn nhận tin như trước."
        ],
        [],
    )
    [note] = await notes(office, OFFICE)
    assert plain(note).startswith("⚠️ Sở Tư pháp không còn nơi nhận tin.")
    assert action_of(note, "Tạo mã mời") == "run:/invite STP"


async def make_admin(office: Office) -> None:
    """The person is known as an admin of the chat for now."""
    async with office.database.write() as session:
        chat = await find_chat(session, channel="telegram", address=office.chat)
        assert chat is not None
        chat.admins, chat.admins_at = [office.person.id], office.now


async def test_a_second_yes_to_the_same_question_ends_nothing_more(office: Office) -> None:
    await office.bind("STP", "VPUB")
    question = await office.say("/leave STP")
    await office.tap(question, "Xác nhận")

    again = await office.tap(question, "Xác nhận")

    assert plain(again.message) == "Lựa chọn này đã được dùng rồi, không có gì thay đổi thêm."
    assert await live(office) == {("officer", "VPUB")}


async def test_the_last_chat_of_the_standing_office_cannot_leave_it(office: Office) -> None:
    await office.bind_standing_office()

    message = await office.say("/leave thường trực")

    assert plain(message) == (
        "Đây là kết nối cuối cùng của cơ quan thường trực (Sở Nội vụ), nên chưa ngắt được: sẽ không còn ai duyệt đề nghị"
        " và mời cơ quan khác.\n"
        "\n"
        "Anh/chị kết nối nơi khác trước, rồi ngắt kết nối này:\n"
        "/invite thường trực SNV"
    )


# ---- /bindings ----


async def test_the_office_sees_who_is_connected_those_without_a_chat_first(office: Office) -> None:
    await small_town(office)
    await out_of_reach(office, STP, "Forbidden: bot was blocked by the user")

    message = await office.say("/bindings")

    stp, snv = await number_of(office, "STP"), await number_of(office, "SNV")
    steering = await number_of(office, "SNV", Role.STANDING_OFFICE)
    assert plain(message) == (
        "Kết nối của 4 cơ quan\n"
        "2 đã có nơi nhận tin, 2 chưa có.\n"
        "Ngắt một kết nối: dùng lệnh ghi bên cạnh, hoặc gõ /revoke STP\n"
        "\n"
        "⚠️ Sở Thông tin và Truyền thông (STTTT): chưa có nơi nhận tin · /invite_STTTT\n"
        "\n"
        "⚠️ Văn phòng UBND tỉnh (VPUB): chưa có nơi nhận tin · /invite_VPUB\n"
        "\n"
        "🏛 Sở Nội vụ (SNV): 1 nơi nhận tin\n"
        f"• chat riêng · từ 13/03/2023 · /revoke_{snv}\n"
        f"• cơ quan thường trực · chat riêng · từ 13/03/2023 · /revoke_{steering}\n"
        "\n"
        "🏛 Sở Tư pháp (STP): 2 nơi nhận tin\n"
        f"• chat riêng · từ 13/03/2023 · ⛔ người nhận đã chặn bot · /revoke_{stp}\n"
        f"• nhóm · từ 13/03/2023 · /revoke_{stp + 1}"
    )


async def test_an_agency_that_only_has_chats_out_of_reach_is_counted(office: Office) -> None:
    await office.bind_standing_office()
    office.chat = STP
    await office.bind("STP")
    at_office(office)
    await out_of_reach(office, STP, "removed from the group")

    message = plain(await office.say("nơi nhận"))

    assert "Không gửi tin tới được 1 cơ quan." in message
    assert "⛔ bot đã bị đưa ra khỏi nhóm" in message


@pytest.mark.parametrize("typed", ["/bindings STP", "/bindings tư pháp", "/noinhan so tu phap"])
async def test_one_agency_is_seen_alone(office: Office, typed: str) -> None:
    await small_town(office)

    message = plain(await office.say(typed))

    assert message.startswith("🏛 Sở Tư pháp (STP): 2 nơi nhận tin\n")
    assert "Sở Nội vụ" not in message


async def test_an_unknown_agency_is_met_with_the_nearest_one_or_an_example(office: Office) -> None:
    await office.bind_standing_office()

    near = await office.say("/bindings sở tư phát")
    far = await office.say("/bindings qqqqqqq")

    assert action_of(near, "Sở Tư pháp") == "run:/bindings STP"
    assert plain(far).startswith("Không có cơ quan “qqqqqqq” trong các kế hoạch")
    assert "/bindings STP" in plain(far)


async def test_leaders_are_listed_too(office: Office) -> None:
    await office.bind_standing_office()
    office.chat = "400"
    await office.bind("", role=Role.LEADER)
    at_office(office)

    assert "👤 Kênh lãnh đạo: 1 nơi nhận tin" in plain(await office.say("/bindings"))


# ---- /revoke ----


async def test_a_binding_is_revoked_by_its_number_and_its_chat_is_told(office: Office) -> None:
    await small_town(office)
    number = await number_of(office, "STP")

    question = await office.say(f"/revoke_{number}")
    answer = await office.tap(question, "Xác nhận")

    assert plain(question) == (
        "Ngắt kết nối với Sở Tư pháp?\n"
        f"• Số {number}: chat riêng · từ 13/03/2023\n"
        "\n"
        "Nơi bị ngắt được báo, không nhận tin và không ghi nhận được nữa.\n"
        "[Xác nhận] [Thôi]"
    )
    assert plain(answer.message) == "✅ Đã ngắt 1 kết nối với Sở Tư pháp.\n[Xem các kết nối]"
    [note] = await notes(office, STP)
    assert plain(note) == (
        "Sở Nội vụ (cơ quan thường trực) đã ngắt kết nối của cuộc trò chuyện này với Sở Tư pháp. Từ nay tại đây không nhận"
        " tin của kết nối này nữa.\n"
        "\n"
        "Nếu có nhầm lẫn, anh/chị liên hệ Sở Nội vụ để được mời lại."
    )
    assert await told(office, STP_GROUP) == []
    entry = (await office.audit())[-1]
    assert (entry.action, entry.subject) == ("unbind", "STP")
    assert entry.after is not None
    assert entry.after["by"] == "revoke"


async def test_the_leaders_chats_are_revoked_by_what_they_are(office: Office) -> None:
    await small_town(office)
    none = await office.say("/revoke lãnh đạo")
    office.chat = "700"
    await office.bind("", role=Role.LEADER)
    at_office(office)

    question = await office.say("/revoke lãnh đạo")
    await office.tap(question, "Xác nhận")

    assert plain(none).startswith("Chưa có kênh lãnh đạo nào được kết nối.")
    assert plain(question).startswith("Ngắt kết nối với kênh lãnh đạo?")
    assert ("leader", "") not in await live(office)


@pytest.mark.parametrize("typed", ["/revoke STP", "thu hồi Sở Tư pháp", "/revoke so tu phap"])
async def test_all_chats_of_an_agency_are_revoked_by_its_name(office: Office, typed: str) -> None:
    await small_town(office)

    question = await office.say(typed)
    answer = await office.tap(question, "Xác nhận")

    assert plain(question).startswith("Ngắt 2 kết nối với Sở Tư pháp?")
    assert plain(answer.message).startswith("✅ Đã ngắt 2 kết nối với Sở Tư pháp.")
    assert "⚠️ Sở Tư pháp không còn nơi nhận tin." in plain(answer.message)
    assert await live(office) == {("officer", "SNV"), ("standing_office", "SNV")}
    assert len(await told(office, STP)) == len(await told(office, STP_GROUP)) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/revoke", "Anh/chị ngắt kết nối nào?"),
        ("/revoke 999", "Không có kết nối số 999"),
        ("/revoke 99999999999999999999", "Không có kết nối số 999999999"),
        ("/revoke ²", "Không có cơ quan"),
        ("/revoke ٣", "Không có kết nối số"),
        ("/revoke VPUB", "Văn phòng UBND tỉnh chưa có kết nối nào."),
        ("/revoke qqqqqqq", "Không có cơ quan “qqqqqqq”"),
        ("/revoke sở tư phát", "Không có cơ quan “sở tư phát”. Có phải ý anh/chị là:"),
    ],
)
async def test_what_cannot_be_revoked_is_said_and_nothing_happens(
    office: Office, typed: str, words: str
) -> None:
    await small_town(office)
    before = await live(office)

    message = await office.say(typed)

    assert plain(message).startswith(words)
    assert await live(office) == before


async def test_an_operators_binding_is_not_the_offices_to_revoke(office: Office) -> None:
    await office.bind_standing_office()
    office.chat = "400"
    await office.bind("", role=Role.OPERATOR)
    at_office(office)

    message = await office.say(f"/revoke {await number_of(office, '', Role.OPERATOR)}")

    assert plain(message).startswith("Không có kết nối số")


async def test_a_leaders_binding_is(office: Office) -> None:
    await office.bind_standing_office()
    office.chat = "400"
    await office.bind("", role=Role.LEADER)
    at_office(office)

    question = await office.say(f"/revoke {await number_of(office, '', Role.LEADER)}")
    await office.tap(question, "Xác nhận")

    assert ("leader", "") not in await live(office)
    assert len(await told(office, "400")) == 1


async def test_the_standing_office_cannot_revoke_its_own_last_binding(office: Office) -> None:
    await office.bind_standing_office()
    own = await number_of(office, "SNV", Role.STANDING_OFFICE)

    message = await office.say(f"/revoke {own}")

    assert plain(message).startswith("Đây là kết nối cuối cùng của cơ quan thường trực (Sở Nội vụ)")
    assert ("standing_office", "SNV") in await live(office)


async def test_of_two_chats_of_the_office_that_revoke_each_other_one_stays(office: Office) -> None:
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    first = await number_of(office, "SNV", Role.STANDING_OFFICE)
    office.chat = "101"
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    of_first = await office.say(f"/revoke {first}")
    at_office(office)
    of_second = await office.say(f"/revoke {first + 1}")

    await office.tap(of_second, "Xác nhận")
    office.chat = "101"
    refused = await office.tap(of_first, "Xác nhận")

    assert "chưa kết nối" in plain(refused.message)
    assert ("standing_office", "SNV") in await live(office)


async def test_what_was_the_last_but_one_when_asked_is_looked_at_again_at_the_yes(office: Office) -> None:
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    first = await number_of(office, "SNV", Role.STANDING_OFFICE)
    office.chat = "101"
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    at_office(office)
    question = await office.say(f"/revoke {first}")
    await office.tap(await office.say(f"/revoke {first + 1}"), "Xác nhận")

    answer = await office.tap(question, "Xác nhận")

    assert plain(answer.message).startswith("Đây là kết nối cuối cùng")
    assert ("standing_office", "SNV") in await live(office)


async def test_a_yes_cannot_be_brought_from_another_chat(office: Office) -> None:
    await small_town(office)
    question = await office.say("/revoke STP")
    before = await live(office)

    office.chat = STP
    answer = await office.tap(question, "Xác nhận")

    assert "không dùng được nữa" in plain(answer.message)
    assert await live(office) == before


async def test_a_chat_that_is_no_office_any_more_cannot_say_yes(office: Office) -> None:
    await small_town(office)
    question = await office.say("/revoke STP")
    async with office.database.write() as session:
        for row in await session.scalars(select(BindingRow).where(BindingRow.role == Role.STANDING_OFFICE)):
            row.ended_at = office.now

    answer = await office.tap(question, "Xác nhận")

    assert "cần quyền khác" in plain(answer.message)
    assert ("officer", "STP") in await live(office)
