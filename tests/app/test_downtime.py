"""The bot was off for hours or days: afterwards each chat gets one message with what is true now, on a working day."""

from pathlib import Path

from tests.app.small_office import HKS, OPERATOR, STP, Office, at_work, move_in
from tests.app.town import Town, eventually, open_town
from tests.worlds import at

LAN = 7001
_TASK = """\
  - {{ code: "{code}", title: Việc {code}, product: Kế hoạch, schedule: "{due}", lead: [{lead}] }}
"""
# In 2023 the days from Saturday 29/4 to Wednesday 3/5 were off. Of tasks there are milestones 30, 14, 7, 3, 1 and 0 days
# before, on the working day before where they fall on a day off.
DUES = (
    # 14 days before is 26/4; 7 days before is 3/5, a day off: so 28/4.
    ("1.1", "10/5/2023", "Sở Tư pháp"),
    # The last one before is 28/4; late from 4/5 on.
    ("1.2", "28/4/2023", "Sở Tư pháp"),
    # 30 days before is 25/4; the next one is 11/5.
    ("1.3", "25/5/2023", "Sở Tư pháp"),
    ("2.1", "10/5/2023", "UBND huyện Kế Sách"),
)
PLAN = """\
key: thu-2023
year: 2023
title: Kế hoạch thử
document: { number: 1/KH-UBND, date: 2022-12-20 }
agencies: agencies.yaml
standing_office: SNV
areas:
  - { number: 1, name: Cải cách thể chế }
  - { number: 2, name: Cải cách TTHC }
tasks:
""" + "".join(_TASK.format(code=code, due=due, lead=lead) for code, due, lead in DUES)


async def connect_everybody(office: Office) -> None:
    """Two groups, and a person who speaks for the first one's agency too."""
    await move_in(office.town)
    await office.town.person(LAN, "Lan")
    for chat, agency in ((OPERATOR, ""), (STP, "STP"), (HKS, "HKS"), (LAN, "STP")):
        await office.bind(chat, agency)


async def counts(town: Town) -> dict[int, int]:
    return {chat: len(await reminders(town, chat)) for chat in (STP, HKS, LAN)}


async def reminders(town: Town, chat: int) -> list[str]:
    return [text for text in await town.texts(chat) if text.startswith("🔔")]


def about(reminder: str, code: str) -> str:
    """What it says of an assignment, from its name on; empty when it does not speak of it."""
    _, found, rest = reminder.partition(f"Việc {code}")
    return rest.partition("Việc ")[0] if found else ""


async def test_after_a_holiday_without_power_each_chat_gets_one_message_on_the_next_working_day(
    tmp_path: Path,
) -> None:
    async with open_town() as town:
        async with at_work(town, tmp_path, at("2023-04-25", "07:00"), tasks=PLAN) as office:
            await connect_everybody(office)
            await office.morning("2023-04-25")
        before = await counts(town)
        during = []
        async with at_work(town, tmp_path, at("2023-04-30", "09:00"), tasks=PLAN) as office:
            for day in ("2023-04-30", "2023-05-01", "2023-05-02", "2023-05-03"):
                await office.morning(day)
                during.append(await counts(town))
            await office.morning("2023-05-04", "07:29")
            during.append(await counts(town))
            for hour in ("07:30", "07:45", "09:00"):
                await office.morning("2023-05-04", hour)
        after = await counts(town)
        [*_, told] = await reminders(town, STP)
        told_the_person = (await reminders(town, LAN))[-1]

    assert during == [before] * 5
    assert after == {chat: count + 1 for chat, count in before.items()}
    # Of the two that were missed the latest; its next one is on Friday.
    assert "Nhắc muộn: lẽ ra ngày 28/04" in about(told, "1.1")
    assert told.count("Việc 1.1") == 1
    # Its day for being late is today.
    assert "Quá hạn" in told
    assert about(told, "1.2")
    assert "Nhắc muộn" not in about(told, "1.2")
    # It had its milestone before the power went, and has none until the 11th.
    assert not about(told, "1.3")
    assert told_the_person == told


async def test_after_hours_without_power_the_morning_comes_late_but_on_its_day(tmp_path: Path) -> None:
    async with open_town() as town:
        async with at_work(town, tmp_path, at("2023-04-25", "07:00"), tasks=PLAN) as office:
            await connect_everybody(office)
            await office.morning("2023-04-25")
        before = await counts(town)
        async with at_work(town, tmp_path, at("2023-04-26", "17:29"), tasks=PLAN) as office:
            await office.morning("2023-04-26", "17:29")
        in_time = await counts(town)
        async with at_work(town, tmp_path, at("2023-04-28", "17:31"), tasks=PLAN) as office:
            await office.morning("2023-04-28", "17:31")
        after_the_close = await counts(town)
        [*_, told] = await reminders(town, STP)

    assert in_time == {chat: count + 1 for chat, count in before.items()}
    assert about(told, "1.1")
    assert "Nhắc muộn" not in about(told, "1.1")
    assert after_the_close == in_time


async def test_what_was_done_while_it_was_off_is_not_asked_for(tmp_path: Path) -> None:
    async with open_town() as town:
        async with at_work(town, tmp_path, at("2023-04-27", "07:00"), tasks=PLAN) as office:
            await connect_everybody(office)
            await office.morning("2023-04-27")
            await town.says(STP, "/done 1.2 5/KH-STP", who=OPERATOR)
            await office.settled()
            [*_, question] = await town.heard(STP)
        await town.taps(STP, question, "Xác nhận", who=OPERATOR)
        async with at_work(town, tmp_path, at("2023-04-28", "06:30"), tasks=PLAN) as office:
            await office.settled()
            await office.morning("2023-04-28")
        [*_, told] = await reminders(town, STP)

    assert about(told, "1.1")
    assert not about(told, "1.2")


async def test_what_telegram_did_not_take_before_the_holiday_is_in_the_one_message_after_it(
    tmp_path: Path,
) -> None:
    async with open_town() as town:
        async with at_work(town, tmp_path, at("2023-04-25", "07:00"), tasks=PLAN) as office:
            await connect_everybody(office)
            await office.morning("2023-04-25")
            before = await counts(town)
            await town.fault("status", status=502, method="sendMessage", times=None)
            office.clock.set(at("2023-04-28"), speed=0)
            await office.service.clockwork.scan()

            async def is_refused() -> bool:
                refused = [chat for chat, status in await town.sends() if status == 502]
                return set(refused) == {STP, HKS, LAN}

            await eventually(is_refused)
        await town.ask("DELETE", "/faults")
        async with at_work(town, tmp_path, at("2023-05-04", "07:00"), tasks=PLAN) as office:
            await office.morning("2023-05-04")
        after = await counts(town)
        [*_, told] = await reminders(town, STP)

    assert after == {chat: count + 1 for chat, count in before.items()}
    assert "Nhắc muộn: lẽ ra ngày 28/04" in about(told, "1.1")
    # What was true on the 28th, "due today", is not said any more.
    assert told.count("Việc 1.2") == 1
    assert "Nhắc muộn" not in about(told, "1.2")
