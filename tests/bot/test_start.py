from datetime import timedelta

import pytest

from store.states import ChatKind, Role
from tests.bot.office import Office, plain


async def test_a_chat_that_nobody_bound_hears_how_to_get_in_and_nothing_of_the_plan(office: Office) -> None:
    for asked in ("/due", "/task 2.6a", "/done 2.6a", "/reports", "có việc gì không?", "2.6a"):
        message = await office.say(asked)

        assert plain(message) == (
            "Cuộc trò chuyện này chưa kết nối với cơ quan nào.\n"
            "\n"
            "Anh/chị xin mã mời ở Sở Nội vụ (cơ quan thường trực), rồi gửi vào đây:\n"
            "/start MÃ-MỜI hoặc vào MÃ-MỜI"
        )


async def test_a_tap_in_a_chat_that_nobody_bound_says_the_same(office: Office) -> None:
    for action in ("run:/due", "yes:1", "no:1", "undo:1", "pick:1:0", "nonsense"):
        answer = await office.touch(action)

        assert "chưa kết nối" in plain(answer.message)
        assert not answer.edits_tapped


async def test_help_works_in_a_chat_that_nobody_bound(office: Office) -> None:
    message = await office.say("/help")

    assert plain(message).startswith("Cuộc trò chuyện này chưa kết nối")
    assert "/start – Kết nối với cơ quan bằng mã mời" in plain(message)
    assert "/done" not in plain(message)


@pytest.mark.parametrize(
    "words", ["/start {}", "/start@NhacViec_bot {}", "vào {}", "VAO {}", "bắt đầu {}", "{}"]
)
async def test_an_invite_binds_the_chat(office: Office, words: str) -> None:
    message = await office.say(words.format(await office.invite("STP")))

    assert plain(message) == (
        "✅ Đã kết nối với Sở Tư pháp.\n"
        "\n"
        "Cuộc trò chuyện này sẽ nhận tin nhắc việc vào buổi sáng những ngày có việc cần nhắc.\n"
        "[Việc đến hạn] [Trợ giúp]"
    )


@pytest.mark.parametrize(
    "words", ["vào", "Tham gia", "THAM GIA", "tham gia", "kết nối", "ket noi", "/ket_noi"]
)
@pytest.mark.parametrize("dash", ["-", "–", "—", "\u2011", " - ", " ", ""])
async def test_a_code_is_understood_however_it_is_copied(office: Office, words: str, dash: str) -> None:
    code = (await office.invite("STP")).lower().replace("-", dash)

    assert "Đã kết nối với Sở Tư pháp" in plain(await office.say(f"{words} {code}"))


@pytest.mark.parametrize("dash", ["–", "—", "\u2011", "_"])
async def test_a_code_alone_may_have_another_dash(office: Office, dash: str) -> None:
    code = (await office.invite("STP")).replace("-", dash)

    assert "Đã kết nối với Sở Tư pháp" in plain(await office.say(code))


async def test_an_invite_works_as_a_deep_link(office: Office) -> None:
    code = (await office.invite("STP")).replace("-", "").lower()

    assert "Đã kết nối với Sở Tư pháp" in plain(await office.say(f"/start {code}"))


async def test_a_group_is_spoken_to_as_a_group(office: Office) -> None:
    office.kind = ChatKind.GROUP

    assert "Nhóm này sẽ nhận tin" in plain(await office.say(f"/start {await office.invite('STP')}"))


async def test_a_binding_is_written_down(office: Office) -> None:
    await office.bind("STP")

    entry = (await office.audit())[-1]
    assert (entry.action, entry.subject, entry.person) == ("bind", "STP", "7")
    assert entry.after == {"role": "officer", "agency": "STP"}


async def test_a_second_agency_is_named_beside_the_first(office: Office) -> None:
    await office.bind("STP")

    message = await office.say(f"/start {await office.invite('SNV')}")

    assert "Đang nhận nhắc việc của Sở Tư pháp; Sở Nội vụ." in plain(message)


async def test_an_operator_has_a_welcome_of_their_own(office: Office) -> None:
    message = await office.say(f"/start {await office.invite('', role=Role.OPERATOR)}")

    assert plain(message).startswith("✅ Đã kết nối kênh vận hành.")
    assert "chỉ nhận tin vận hành" in plain(await office.say("/due"))
    assert plain(await office.say("/help")).startswith("Cuộc trò chuyện này nhận tin vận hành hệ thống.")
    assert "không dùng được nữa" in plain((await office.touch("yes:1")).message)


async def test_a_bound_chat_hears_where_it_stands(office: Office) -> None:
    await office.bind("STP")

    assert "đang nhận nhắc việc của Sở Tư pháp" in plain(await office.say("/start"))


@pytest.mark.parametrize(
    ("role", "agency", "where"),
    [
        (Role.STANDING_OFFICE, "SNV", "đang kết nối với cơ quan thường trực (Sở Nội vụ)."),
        (Role.LEADER, "", "đang kết nối với kênh lãnh đạo."),
    ],
)
async def test_a_chat_that_oversees_hears_where_it_stands(
    office: Office, role: Role, agency: str, where: str
) -> None:
    await office.bind(agency, role=role)

    assert plain(await office.say("/start")).startswith(f"Cuộc trò chuyện này {where}")


async def test_a_chat_whose_binding_ended_is_not_told_that_it_is_bound(office: Office) -> None:
    code = await office.invite("STP")
    await office.say(f"/start {code}")
    await office.unbind()

    assert "Mã mời này đã được dùng" in plain(await office.say(f"/start {code}"))


async def test_a_used_invite_says_so_elsewhere_and_calmly_at_home(office: Office) -> None:
    code = await office.invite("STP")
    await office.say(f"/start {code}")

    at_home = await office.say(f"/start {code}")
    office.chat = "200"
    elsewhere = await office.say(f"/start {code}")

    assert "đã kết nối với Sở Tư pháp từ trước" in plain(at_home)
    assert "Mã mời này đã được dùng" in plain(elsewhere)


async def test_an_old_invite_has_expired(office: Office) -> None:
    code = await office.invite("STP")
    office.now += timedelta(days=8)

    assert "đã hết hiệu lực" in plain(await office.say(f"/start {code}"))


async def test_guessing_ends_after_five_codes(office: Office) -> None:
    code = await office.invite("STP")
    answers = [plain(await office.say(f"/start AAAAA-AAAA{digit}")) for digit in "234567"]

    assert all("không đúng" in answer for answer in answers[:5])
    assert "thử lại sau một giờ" in answers[5]
    assert "thử lại sau một giờ" in plain(await office.say(f"/start {code}"))


async def test_a_code_of_another_length_is_no_guess(office: Office) -> None:
    for _ in range(7):
        assert "Mã mời gồm 10 chữ và số" in plain(await office.say("/start 7KM2P"))

    assert "Đã kết nối" in plain(await office.say(f"/start {await office.invite('STP')}"))


async def test_a_tap_cannot_bring_an_invite(office: Office) -> None:
    code = await office.invite("STP")

    for action in (f"run:/start {code}", f"run:{code}"):
        answer = await office.touch(action)
        assert "không dùng được" in plain(answer.message)

    assert "chưa kết nối" in plain(await office.say("/due"))
