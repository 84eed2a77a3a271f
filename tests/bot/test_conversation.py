import asyncio
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.commands.menu import COMMANDS, MENU, Command
from bot.commands.purposes import menu_of, purposes
from bot.conversation import Conversation
from bot.message import Message, from_json, to_json
from bot.options import Options
from bot.rights import Verdict, judge
from bot.zalo.entrance import zalo_entrance
from plan.text import fold
from store.states import ChatKind, Role
from tests.bot.office import ENTRANCES, TIMETABLE, Office, action_of, labels, open_office, plain


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("/duee", "/due"),
        ("deu", "/due"),
        ("/dun 2.6a", "/due 2.6a"),
        ("xonng 2.6a", "/done 2.6a"),
        ("hoan thnah 2.6a", "/done 2.6a"),
        ("/taks 2.6a", "/task 2.6a"),
        ("bao coa", "/reports"),
        ("tro giúp1", "/help"),
    ],
)
async def test_a_mistyped_command_is_offered_and_runs_when_tapped(
    office: Office, typed: str, command: str
) -> None:
    await office.bind("STP")

    message = await office.say(typed)

    assert plain(message).startswith("Có phải ý anh/chị là ")
    assert action_of(message, command) == f"run:{command}"
    tapped = await office.tap(message, command)
    assert plain(tapped.message) == plain(await office.say(command))


async def test_what_nobody_understands_is_met_politely(office: Office) -> None:
    await office.bind("STP")

    message = await office.say("hôm nay trời đẹp quá")

    assert plain(message) == "Xin lỗi, chưa hiểu ý anh/chị. Việc hay dùng:\n[Việc đến hạn] [Trợ giúp]"


@pytest.mark.parametrize("words", ["", " ", "/", "\u200b", "@nhacviec_bot", "chào", "Xin chào", "menu"])
async def test_a_greeting_or_nothing_gets_help(office: Office, words: str) -> None:
    await office.bind("STP")

    assert plain(await office.say(words)) == plain(await office.say("/help"))


async def test_help_fits_on_a_screen(office: Office) -> None:
    await office.bind("STP")

    assert plain(await office.say("/help")) == (
        "Nhắc Việc đang phục vụ Sở Tư pháp.\n"
        "\n"
        "Xem việc\n"
        "/due – Việc quá hạn, hôm nay và 30 ngày tới\n"
        "/overdue – Việc đã quá hạn\n"
        "/task – Chi tiết một việc\n"
        "/find – Tìm việc theo chữ trong kế hoạch\n"
        "/history – Lịch sử một việc\n"
        "/reports – Các kỳ báo cáo: chốt số liệu, hạn nộp\n"
        "/calendar – Đưa hạn vào lịch điện thoại, máy tính\n"
        "\n"
        "Ghi nhận\n"
        "/done – Ghi nhận việc đã xong\n"
        "/undo – Hoàn tác lần ghi gần nhất\n"
        "/progress – Ghi tiến độ một việc\n"
        "/waive – Ghi nhận không phát sinh\n"
        "/snooze – Hoãn nhắc một việc vài ngày\n"
        "\n"
        "Đề nghị\n"
        "/extend – Xin gia hạn một việc\n"
        "/ask – Đề nghị cơ quan phối hợp\n"
        "\n"
        "Kết nối\n"
        "/start – Kết nối với cơ quan bằng mã mời\n"
        "/who – Cuộc trò chuyện này đang kết nối với ai\n"
        "/handover – Bàn giao cho người phụ trách mới\n"
        "/group – Ai trong nhóm được ghi nhận\n"
        "/leave – Ngừng kết nối cuộc trò chuyện này\n"
        "\n"
        "Gõ tiếng Việt cũng được, có dấu hay không: han, xong 2.6a, viec 2.6a.\n"
        "Mọi ghi nhận đều được hỏi lại trước, và hoàn tác được trong 7 ngày.\n"
        "[Việc đến hạn] [Tất cả việc]"
    )


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("telegram", "Trong nhóm, bot chỉ đọc tin bắt đầu bằng dấu /, nhắc tên bot hoặc trả lời bot."),
        ("zalo", "Trong nhóm, bot chỉ đọc tin nhắc tên bot hoặc trả lời bot."),
    ],
)
async def test_help_in_a_group_says_what_reaches_the_bot_on_its_channel(
    office: Office, channel: str, words: str
) -> None:
    office.conversation = Conversation(
        entrances={**ENTRANCES, "zalo": zalo_entrance("Bot Nhắc Việc")},
        timetable=TIMETABLE,
        options=Options(),
    )
    office.channel, office.kind = channel, ChatKind.GROUP
    await office.bind("STP")

    assert words in plain(await office.say("/help"))


ROLES = [frozenset(some) for count in range(1, 5) for some in combinations(Role, count)]


@pytest.mark.parametrize(
    "roles", [frozenset[Role](), *ROLES], ids=lambda roles: "+".join(sorted(roles)) or "nobody"
)
def test_help_names_each_command_that_the_roles_may_give_once_and_no_other(roles: frozenset[Role]) -> None:
    shown = [command for _, commands in purposes(roles) for command in commands]

    allowed = {command for command in Command if judge(command, roles) is Verdict.YES}
    assert len(shown) == len(set(shown))
    assert set(shown) == allowed - {Command.HELP}
    assert [name for name, _ in menu_of(roles)] == [*(command.value for command in shown), "help"]


async def test_an_overseer_is_offered_the_overview_first(office: Office) -> None:
    await office.bind("", role=Role.LEADER)

    message = await office.say("/help")

    assert "Nhắc Việc đang phục vụ lãnh đạo.\n\nTình hình\n/status – " in plain(message)
    assert "/done" not in plain(message)
    assert labels(message) == ["Tình hình chung", "Việc đến hạn"]


async def test_a_command_for_another_bot_is_left_alone(office: Office) -> None:
    await office.bind("STP")

    assert await office.hear("/due@khac_bot") is None


@pytest.mark.parametrize(
    "action",
    ["", "run", "run:", "yes", "yes:", "yes:x", "yes:-1", "yes:1234567890", "pick:1", "undo:1:2", "☃"],
)
async def test_a_forged_tap_gets_a_kind_answer(office: Office, action: str) -> None:
    await office.bind("STP")

    answer = await office.touch(action)

    assert plain(answer.message)
    assert await office.done_codes() == []


def test_words_for_commands_are_folded_and_each_means_one_command() -> None:
    words = [word for item in MENU for word in (item.command.value, *item.aliases)]

    assert len(words) == len(set(words)) == len(COMMANDS)
    assert all(fold(word).replace(" ", "") == word for word in words)
    assert all(len(item.description) <= 256 for item in MENU)


WORDS = st.sampled_from([
    "/due", "/done", "/task", "/reports", "/help", "/start", "xong", "han", "viec", "/done_2_6a", "/done_bc_q1",
    "2.6a", "2.6", "2.1b", "6.5", "bc", "quý", "I", "q1", "tháng", "3", "15/KH-UBND", "20/02/2023",
    "all", "STP", "SNV", "tất", "cả", "7", "99999999999999999999", "٣", "²", "ﬁ", "İ",
    "⛔", "\u202e", "\u200d", "\ud83d", "<b>", "&", "@nhacviec_bot",
])  # fmt: skip
TYPED = st.one_of(
    st.text(max_size=300),
    st.lists(WORDS, max_size=8).map(" ".join),
    st.text(max_size=5).map(lambda t: t * 800),
)
ACTIONS = st.one_of(
    st.text(max_size=64),
    st.builds(
        "{}:{}".format,
        st.sampled_from(["no", "undo", "run", "pick", "pick:1", "pick:2", "xyz"]),
        st.integers(0, 10**10),
    ),
    TYPED.map(lambda text: f"run:{text}"),
)


def check(message: Message) -> None:
    assert plain(message).strip()
    assert from_json(to_json(message)) == message
    plain(message).encode()
    for row in message.choices:
        for choice in row:
            assert len(choice.action.encode()) <= 64
            assert 0 < len(choice.label) <= 64


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(TYPED, ACTIONS.map(lambda action: ("tap", action))), min_size=1, max_size=6))
@example([("tap", "run:/done_2_6a /done_2_6a")])
def test_whatever_is_typed_or_tapped_nothing_fails_and_nothing_changes_without_a_yes(
    inputs: list[str | tuple[str, str]],
) -> None:
    async def run() -> None:
        async with open_office() as office:
            await office.bind("STP", "SNV", "STTTT")
            for given_input in inputs:
                if isinstance(given_input, tuple):
                    check((await office.touch(given_input[1])).message)
                else:
                    answer = await office.hear(given_input)
                    if answer is not None:
                        check(answer.message)
            assert await office.done_codes() == []

    asyncio.run(run())


@settings(max_examples=20, deadline=None)
@given(TYPED)
def test_a_stranger_learns_nothing_of_the_plan(text: str) -> None:
    async def run() -> None:
        async with open_office() as office:
            answer = await office.hear(text)
            assert answer is None or "TTHC" not in plain(answer.message)
            assert answer is None or "2.6b" not in labels(answer.message)

    asyncio.run(run())


async def test_the_morning_messages_button_does_not_replace_it(office: Office) -> None:
    await office.bind("STP")

    answer = await office.touch("run:/due")

    assert not answer.edits_tapped
