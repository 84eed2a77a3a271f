"""Lists that are turned over: nothing is lost or said twice, and a page fits the smallest channel."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.message import Block, Message, block, message
from bot.paging import page_of
from bot.wording import runs
from plan.load import load_plan
from store.agenda import entries
from store.states import Role
from tests.bot.office import Office, open_office, plain

SMALLEST_CHANNEL = 2000
REAL_PLAN = Path(__file__).parents[2] / "data" / "tasks.yaml"
APRIL = datetime(2023, 4, 10, 1, 0, tzinfo=UTC)
HEAD = block("📋 Sở Tư pháp")


def numbered(shown: Message) -> str:
    """The message as a channel without buttons writes it."""
    blocks = "\n\n".join(
        "\n".join("".join(s.text for s in line) for line in item.lines) for item in shown.blocks
    )
    choices = [choice.label for row in shown.rows() for choice in row]
    return "\n".join([blocks, *(f"{number}. {label}" for number, label in enumerate(choices, start=1))])


def pages(whole: Message) -> list[Message]:
    found = re.search(r"Trang 1/(\d+)", plain(page_of(whole, 1, "/due")))
    return [page_of(whole, number, "/due") for number in range(1, int(found[1]) + 1)] if found else [whole]


def item(name: str, *section: str, first: bool = False, choice: str = "") -> Block:
    headings = section if first else ()
    return block(*headings, name, section=section, choices=[runs(choice, "/done")] if choice else [])


def test_a_list_that_fits_is_left_whole() -> None:
    whole = message(HEAD, *(item(f"việc {number}") for number in range(8)))

    assert page_of(whole, 1, "/due") == whole


def test_the_head_stays_and_says_which_page_it_is() -> None:
    whole = message(
        HEAD, *(item(f"việc {number}") for number in range(9)), choices=[[runs("Toàn tỉnh", "/due tỉnh")]]
    )

    shown = [plain(page) for page in pages(whole)]

    assert shown[0].startswith("📋 Sở Tư pháp\nTrang 1/2\n\nviệc 0\n")
    assert shown[0].endswith("việc 7\n[Toàn tỉnh]\n[Sau ›]")
    assert shown[1] == "📋 Sở Tư pháp\nTrang 2/2\n\nviệc 8\n[Toàn tỉnh]\n[‹ Trước]"


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (3, 3), (99, 3)])
def test_a_page_beyond_the_last_is_the_last(asked: int, given: int) -> None:
    whole = message(HEAD, *(item(f"việc {number}") for number in range(20)))

    assert f"Trang {given}/3" in plain(page_of(whole, asked, "/due"))


def test_a_page_that_begins_within_a_section_repeats_its_headings() -> None:
    late = [item(f"việc {number}", "🏛 STP", "⛔ Quá hạn", first=number == 0) for number in range(9)]
    soon = [block("🗓 Sắp đến hạn", "việc 9", section=("🏛 STP", "🗓 Sắp đến hạn"))]

    _, second = pages(message(HEAD, *late, *soon))

    assert plain(second).splitlines()[3:] == [
        "🏛 STP (tiếp)",
        "⛔ Quá hạn (tiếp)",
        "việc 8",
        "",
        "🗓 Sắp đến hạn",
        "việc 9",
        "[‹ Trước]",
    ]


def test_a_page_that_begins_with_a_section_repeats_only_what_goes_on() -> None:
    late = [item(f"việc {number}", "🏛 STP", "⛔ Quá hạn", first=number == 0) for number in range(8)]
    soon = [block("🗓 Sắp đến hạn", "việc 8", section=("🏛 STP", "🗓 Sắp đến hạn"))]
    other = [item("việc 9", "🏛 SNV", "⛔ Quá hạn", first=True)]

    _, second = pages(message(HEAD, *late, *soon, *other))

    assert plain(second).splitlines()[3:-1] == [
        "🏛 STP (tiếp)",
        "🗓 Sắp đến hạn",
        "việc 8",
        "",
        "🏛 SNV",
        "⛔ Quá hạn",
        "việc 9",
    ]


def test_the_same_button_stands_once() -> None:
    whole = message(HEAD, *(item(f"việc {number}", choice="✅ 2.6a") for number in range(3)))

    assert plain(whole).endswith("việc 2\n[✅ 2.6a]")


def test_buttons_go_with_their_item() -> None:
    whole = message(HEAD, *(item(f"việc {number}", choice=f"✅ 1.{number}") for number in range(9)))

    first, second = pages(whole)

    assert "[✅ 1.6] [✅ 1.7]\n[Sau ›]" in plain(first)
    assert plain(second).endswith("việc 8\n[✅ 1.8]\n[‹ Trước]")


def test_a_command_too_long_for_a_button_leaves_the_list_whole() -> None:
    whole = message(HEAD, *(item(f"việc {number}") for number in range(9)))

    assert page_of(whole, 1, "/due " + "x" * 60) == whole


ITEMS = st.lists(
    st.builds(
        lambda size, choice, section: item("v" * size, *section, choice=choice),
        st.integers(1, 700),
        st.sampled_from(["", "✅ 2.6a", "Đôn đốc STTTT"]),
        st.sampled_from([(), ("🏛 Sở Tư pháp",), ("🏛 Sở Tư pháp", "⛔ Quá hạn"), ("🗓 Trong 30 ngày tới",)]),
    ),
    max_size=40,
)


@given(ITEMS, st.integers(1, 400))
def test_every_item_is_on_one_page_whole_and_every_page_fits(items: list[Block], head: int) -> None:
    found = pages(message(block("h" * head), *items, choices=[[runs("Cơ quan quá hạn", "/late")]]))

    told = [part for page in found for part in page.blocks[1:]]
    assert [part.lines[-1] for part in told] == [part.lines[-1] for part in items]
    assert [part.choices for part in told] == [part.choices for part in items]
    assert all(len(numbered(page)) <= SMALLEST_CHANNEL for page in found)
    assert all(len(page.blocks) <= 9 for page in found)


@pytest_asyncio.fixture
async def province() -> AsyncIterator[Office]:
    """An office on the real plan."""
    plan, _ = load_plan(REAL_PLAN)
    async with open_office(plan) as opened:
        yield opened


async def test_every_list_over_the_real_plan_comes_in_pages_that_fit(province: Office) -> None:
    await province.bind("SNV", "VPUB")
    await province.bind("SNV", role=Role.STANDING_OFFICE)
    province.now = APRIL

    for words in (
        "/due",
        "/due all",
        "/due tỉnh",
        "/due tỉnh all",
        "/due HKS all",
        "/due 2.6a",
        "/reports",
        "/reports tỉnh",
        "/status",
        "/status 2",
        "/status STP",
        "/late",
        "/agency STTTT",
        "/agency",
    ):
        shown = await province.say(words)
        count = int((re.search(r"Trang 1/(\d+)", plain(shown)) or [0, 1])[1])
        assert len(numbered(shown)) <= SMALLEST_CHANNEL, words
        for number in {2, count // 2, count} & set(range(2, count + 1)):
            page = (await province.touch(f"page:{number}:{words}")).message
            assert f"Trang {number}/{count}" in plain(page)
            assert len(numbered(page)) <= SMALLEST_CHANNEL, words


async def test_every_item_button_of_the_real_plan_asks_about_one_item_and_changes_nothing(
    province: Office,
) -> None:
    await province.bind("SNV")
    province.now = APRIL
    message_, seen = await province.say("/due all"), set()
    for number in range(1, 7):
        message_ = (await province.touch(f"page:{number}:/due all")).message
        for choice in [choice for row in message_.rows() for choice in row if choice.label.startswith("✅")]:
            seen.add(choice.action)
            question = plain((await province.touch(choice.action)).message)
            assert question.startswith("Ghi nhận đã xong?\n"), choice
            assert len(choice.label) <= 24

    async with province.database.read() as session:
        owed = await entries(session, agencies=["SNV"])
    assert len(seen) == sum(entry.due is not None for entry in owed) > 30
    assert await province.done_codes() == []
