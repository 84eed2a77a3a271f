"""An agency on Telegram and on Zalo: what is done in one is done in both, and each is told once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from store.states import Role
from tests.app.province import Chat, NumberedChat, Province, open_province
from tests.app.town import TELEGRAM, ZALO

MINH, LAN = 1001, 1002
GROUP = -2001
# From two weeks before 2.6a is due, on 31 March, until it would be late by three weeks.
LADDER = ("03-17", "03-24", "03-28", "03-30", "03-31", "04-03", "04-10", "04-17", "04-24")


@dataclass(kw_only=True)
class Office:
    """Sở Tư pháp: a group on Telegram, Lan's chat on Zalo."""

    province: Province
    group: Chat
    lan: NumberedChat

    async def times_told_of_2_6a(self) -> list[int]:
        """In the group and to Lan."""
        heard = [await self.province.town.heard(chat.number) for chat in (self.group, self.lan)]
        return [sum("2.6a" in one.text and "🔔" in one.text for one in found) for found in heard]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_province(tmp_path, channel=ZALO) as province:
        await province.town.person(MINH, "Minh")
        await province.town.group(GROUP, "Sở Tư pháp", MINH)
        group = Chat(province=province, number=GROUP, person=MINH)
        lan = await province.private(LAN, "Lan")
        assert isinstance(lan, NumberedChat)
        await group.says(f"/start {await province.operators_invite(Role.OFFICER, 'STP')}", "✅ Đã kết nối")
        await lan.says(f"vào {await province.operators_invite(Role.OFFICER, 'STP')}", "✅ Đã kết nối")
        await province.comes("03-07")
        yield Office(province=province, group=group, lan=lan)


@pytest.mark.parametrize("channel", [ZALO, TELEGRAM])
async def test_what_is_done_on_one_changes_the_status_on_telegram_and_silences_both(
    office: Office, channel: str
) -> None:
    assert await office.times_told_of_2_6a() == [1, 1]
    await office.group.pinned("Đã xong 0 việc")
    await office.province.comes("03-14")

    chat = office.lan if channel == ZALO else office.group
    await chat.says("/done 2.6a 12/QĐ-STP 14/3/2023", "Ghi nhận đã xong?")
    await chat.taps("Xác nhận", "✅ Đã ghi nhận xong.")
    await office.group.pinned("Đã xong 1 việc")
    for day in LADDER:
        await office.province.comes(day)

    assert await office.times_told_of_2_6a() == [1, 1]


async def test_what_nobody_does_is_told_to_each_once_a_milestone(office: Office) -> None:
    for day in LADDER:
        await office.province.comes(day)

    # 30 (late, on the first day), 14, 7, 3, 1 and 0 days before, then each Monday.
    assert await office.times_told_of_2_6a() == [10, 10]


async def test_somebody_on_zalo_sees_what_was_done_on_telegram(office: Office) -> None:
    await office.group.says("/done 2.6a 12/QĐ-STP 6/3/2023")
    await office.group.taps("Xác nhận", "✅ Đã ghi nhận xong.")

    await office.lan.says("lịch sử 2.6a", "12/QĐ-STP", "Minh")
    await office.lan.says("việc 2.6a", "đã xong")
    await office.lan.says("xong 2.6a", "đã xong")
