"""An officer on Zalo from the invite to what is done: in words and numbers, by polls and by a webhook."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.app.officer import LAN, Officer, at_work, move_in, number_of
from tests.app.town import Town, open_town
from tests.worlds import at

SINCE = at("2023-03-07", "08:00")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        yield opened


@pytest.fixture
async def chat(town: Town) -> int:
    return await move_in(town, "zalo")


@pytest.fixture
def webhook(free_port: int) -> dict[str, object]:
    """What lets Zalo bring the events."""
    return {
        "nhacviec_listen": f"127.0.0.1:{free_port}",
        "zalo_webhook_url": f"http://127.0.0.1:{free_port}/zalo",
    }


def start(town: Town, folder: Path, chat: int, **settings: object) -> AbstractAsyncContextManager[Officer]:
    return at_work(town, folder, chat, SINCE, "zalo", **settings)


async def joined(lan: Officer) -> None:
    await lan.says(f"vào {await lan.invite('STP')}", "✅ Đã kết nối", "Sở Tư pháp")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, object]:
    """Where the bot keeps what it knows."""
    if request.param == "sqlite":
        return {"database_url": f"sqlite:///{tmp_path / 'store.db'}"}
    return {"database_url": request.getfixturevalue("postgresql_store_url")}


@pytest.mark.parametrize("way", ["polls", "webhook"])
async def test_from_the_invite_to_what_is_done(
    town: Town, chat: int, tmp_path: Path, webhook: dict[str, object], store: dict[str, object], way: str
) -> None:
    settings = store | (webhook if way == "webhook" else {})
    async with start(town, tmp_path, chat, **settings) as lan:
        await joined(lan)
        await lan.says("hạn", "📋 Sở Tư pháp", "2.6a", "¬/done")
        asked = await lan.says("xong 2.6a", "2.6a", "Trả lời bằng số:")
        before = await lan.is_done("STP", "2.6a")
        await lan.says(number_of("Xác nhận", asked), "✅ Đã ghi nhận xong.")

        assert (before, await lan.is_done("STP", "2.6a")) == (False, True)
        state = await town.ask("GET", "/state")
        assert (state["zalo"]["webhook"]["url"] == webhook["zalo_webhook_url"]) == (way == "webhook")
        assert state["zalo"]["webhook"]["error"] is None


async def test_an_answer_after_a_restart_is_an_answer_to_the_question(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        asked = await lan.says("xong 2.6a")

    async with start(town, tmp_path, chat) as lan:
        await lan.says(number_of("Xác nhận", asked), "✅ Đã ghi nhận xong.")

        assert await lan.is_done("STP", "2.6a")


async def test_what_is_said_while_the_bot_is_away_is_answered_when_it_is_back(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
    before = await town.heard(chat)
    await town.says(chat, "hạn", who=LAN)

    async with start(town, tmp_path, chat) as lan:
        await lan.says("ai", "Sở Tư pháp")

    answers = (await town.heard(chat))[len(before) :]
    assert "📋 Sở Tư pháp" in answers[0].text


async def test_an_old_number_does_not_confirm_a_newer_question(town: Town, chat: int, tmp_path: Path) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        old = number_of("Xác nhận", await lan.says("xong 2.6a"))
        new = number_of("Xác nhận", await lan.says("xong 1.3a"))
        await lan.says(old)

        assert old != new
        assert not await lan.is_done("STP", "1.3a")
        await lan.says(new, "✅ Đã ghi nhận xong.", "1.3a")
        assert await lan.is_done("STP", "1.3a")


@pytest.mark.parametrize(("word", "is_done"), [("có", True), ("Đồng ý.", True), ("không", False)])
async def test_a_word_answers_the_question_that_is_open(
    town: Town, chat: int, tmp_path: Path, word: str, is_done: bool
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        await lan.says("xong 2.6a")
        await lan.says(word)

        assert await lan.is_done("STP", "2.6a") == is_done


async def test_what_has_no_words_is_answered_with_how_to_write(town: Town, chat: int, tmp_path: Path) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)

        for sent in (
            {"sticker": "bfe458bf64fa8da4d4eb"},
            {"voice": "https://zalo.vn/a.aac"},
            {"unsupported": True},
        ):
            await lan.sends(f"{sent}", sent, "gõ")
        await lan.says("hạn", "📋 Sở Tư pháp")


async def test_an_image_with_words_is_evidence_of_what_they_say(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        image = {"photo": "https://zalo.vn/a.jpg", "caption": "xong 2.6a"}
        asked = await lan.sends("an image", image, "2.6a", "Trả lời bằng số:")
        await lan.says(number_of("Xác nhận", asked), "✅ Đã ghi nhận xong.", "📎 1 tệp")


async def test_in_a_group_the_bot_is_called_by_its_name(town: Town, chat: int, tmp_path: Path) -> None:
    group = {"platform": "zalo", "type": "group", "title": "Sở Tư pháp", "members": [LAN]}
    made = await town.ask("POST", "/chats", group)
    async with start(town, tmp_path, made["id"]) as lan:
        code = await lan.invite("STP")
        await lan.sends("vào", {"text": f"vào {code}", "mention": True}, "✅ Đã kết nối")
        await lan.sends("hạn", {"text": "hạn", "mention": True}, "📋 Sở Tư pháp")


async def test_an_event_that_comes_twice_is_answered_once(
    town: Town, chat: int, tmp_path: Path, webhook: dict[str, object]
) -> None:
    await town.ask("PUT", "/zalo", {"deliveries": 2})
    async with start(town, tmp_path, chat, **webhook) as lan:
        await joined(lan)
        before = len(await town.heard(chat))
        await lan.says("hạn")

        assert len(await town.heard(chat)) == before + 1


@pytest.mark.parametrize(
    ("words", "is_done"),
    [
        ("ok em", True),
        ("dạ đồng ý nhé", True),
        ("đúng rồi em", True),
        ("dung roi em", True),
        ("Thôi em ơi", False),
        ("dừng rồi", False),
        ("dạ chưa", False),
        ("ok chưa em", False),
    ],
)
async def test_a_yes_and_a_no_are_understood_with_the_courtesy_around_them(
    town: Town, chat: int, tmp_path: Path, words: str, is_done: bool
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        await lan.says("da xong 2.6a roi", "Ghi nhận đã xong?")
        await lan.says(words)

        assert await lan.is_done("STP", "2.6a") == is_done


@pytest.mark.parametrize("form", ["{} nhe", "dạ em chọn {} ạ", "{}. Xác nhận"])
async def test_a_number_is_understood_with_words_around_it(
    town: Town, chat: int, tmp_path: Path, form: str
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        number = number_of("Xác nhận", await lan.says("xong 2.6a"))
        await lan.says(form.format(number), "✅ Đã ghi nhận xong.")

        assert await lan.is_done("STP", "2.6a")


async def test_a_number_copied_with_the_words_of_something_else_chooses_nothing(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        number = number_of("Xác nhận", await lan.says("xong 2.6a"))
        await lan.says(f"{number}. Cải cách thể chế")

        assert not await lan.is_done("STP", "2.6a")


async def test_of_several_questions_each_is_told_with_what_it_is_about(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        first = number_of("Xác nhận", await lan.says("xong 2.6a"))
        second = number_of("Xác nhận", await lan.says("tiến độ 1.3a 60%"))
        await lan.says("hạn", "📋 Sở Tư pháp")

        said = (await lan.says("ok em", "Có 2 câu hỏi đang chờ")).text.splitlines()

        assert said[1].startswith(f"{first}. Xác nhận – Ghi nhận đã xong? 2.6a ")
        assert said[2].startswith(f"{second}. Xác nhận – ")
        assert "1.3a" in said[2]


async def test_a_yes_to_nothing_and_thanks_are_met_kindly(town: Town, chat: int, tmp_path: Path) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        await lan.says("cảm ơn em", "Cảm ơn anh/chị.")
        for words in ("ok em", "đồng ý nhé", "từ chối", "thoi em"):
            await lan.says(words, "không có câu hỏi nào chờ trả lời", "¬Lệnh này không dùng được")


async def test_what_is_done_can_be_chosen_by_number_from_the_question_which(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        which = await lan.says("em xong rồi", "Anh/chị đã xong việc nào?")
        await lan.says(number_of("✅ 2.6a", which), "Ghi nhận đã xong?", "2.6a")


async def test_an_ambiguous_word_without_diacritics_offers_what_begins_so(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        await lan.says("hoan 2.6a", "/snooze", "/undo", "/done", "¬/due")


async def test_a_yes_to_something_else_does_not_confirm_an_older_question(
    town: Town, chat: int, tmp_path: Path
) -> None:
    async with start(town, tmp_path, chat) as lan:
        await joined(lan)
        number = number_of("Xác nhận", await lan.says("xong 2.6a"))
        await lan.says("hạn", "📋 Sở Tư pháp")
        await lan.says("ok em", "Có 1 câu hỏi đang chờ", f"{number}. Xác nhận – Ghi nhận đã xong? 2.6a")

        assert not await lan.is_done("STP", "2.6a")
        await lan.says(number, "✅ Đã ghi nhận xong.")
