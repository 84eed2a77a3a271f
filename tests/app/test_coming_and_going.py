"""Chats that go out of reach and come back, end to end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.app.small_office import HKS, OPERATOR, STP, Office, open_office

LAN = 7001


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        await opened.town.person(LAN, "Lan")
        yield opened


async def test_who_blocked_the_bot_hears_nothing_and_with_start_what_was_missed(office: Office) -> None:
    await office.bind(LAN, "STP")
    await office.morning("2023-03-07")
    before = await office.town.texts(LAN)
    await office.town.blocks(LAN)
    await office.settled()
    await office.morning("2023-03-10")
    await office.morning("2023-03-13")
    while_away = await office.town.texts(LAN)

    await office.town.unblocks(LAN)
    await office.town.says(LAN, "/start")
    await office.settled()
    answered = await office.town.texts(LAN)
    await office.service.clockwork.scan()
    await office.settled()

    assert while_away == before
    assert len(answered) == len(before) + 1
    assert "nhận nhắc việc của Sở Tư pháp" in answered[-1]
    [*_, missed] = await office.town.texts(LAN)
    assert missed.startswith("🔔")
    assert "/done_bc_q1" in missed
    # The latest of what was missed, in its time: today's; the one of the 10th is not told any more.
    assert missed.count("/done_bc_q1") == 1
    # The group had heard of it on both mornings, and does not hear of it a third time.
    assert await office.heard_of(STP, "bc_q1") == 2


async def test_a_removed_bot_that_is_added_again_speaks_again(office: Office) -> None:
    await office.town.blocks(STP)
    await office.settled()
    await office.morning("2023-03-10")
    while_out = await office.heard_of(STP, "bc_q1")

    await office.town.unblocks(STP)
    await office.settled()
    await office.morning("2023-03-13")

    assert while_out == 0
    assert await office.heard_of(STP, "bc_q1") == 1


async def test_the_operator_hears_of_an_agency_that_nobody_speaks_for(office: Office) -> None:
    await office.town.blocks(HKS)
    await office.settled()

    await office.morning("2023-03-07")

    [*_, told] = await office.town.texts(OPERATOR)
    assert "UBND huyện Kế Sách" in told


async def test_a_group_that_becomes_a_supergroup_hears_on_at_its_new_address(office: Office) -> None:
    moved = (await office.town.ask("POST", f"/chats/{STP}/migrate"))["id"]
    await office.morning("2023-03-10")

    assert [text[:1] for text in await office.town.texts(moved)] == ["🔔"]


async def test_an_office_that_connects_late_hears_at_once_what_it_missed(office: Office) -> None:
    await office.morning("2023-03-07")
    await office.morning("2023-03-13")

    await office.bind(LAN, "STP")
    await office.service.clockwork.scan()
    await office.settled()

    [*_, missed] = await office.town.texts(LAN)
    assert "/done_1_1" in missed
    assert "Nhắc muộn: lẽ ra ngày 01/03" in missed
    assert "/done_bc_q1" in missed
