"""The plan's file is edited while the bot runs: what is broken is refused and told, what is good is taken over."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from scheduler.clockwork import Rhythm
from store.states import Role
from tests.app.small_office import HKS, OPERATOR, STP, Office, open_office
from tests.app.town import eventually
from tests.plan.small_plan import TASKS, edited, write_plan

BROKEN = edited(TASKS, "lead: [Sở Tư pháp]", "lead: [Sở Tư phạm]")
MOVED = edited(TASKS, "schedule: Quý I/2023", "schedule: Quý II/2023")
WITHOUT = TASKS[: TASKS.index('  - code: "2.1"')]
LAN = 4001
REFUSED = "⚠️ Tệp kế hoạch có lỗi, chưa được áp dụng."


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened


async def spoil(office: Office, how: str) -> None:
    match how:
        case "broken":
            await office.write(BROKEN)
        case "empty":
            await office.write("")
        case _:
            (office.folder / "tasks.yaml").unlink()
            await office.service.clockwork.refresh()
            await office.settled()


@pytest.mark.parametrize("how", ["broken", "empty", "gone"])
async def test_a_bad_file_leaves_the_plan_in_force_and_the_operator_hears_of_it_once(
    office: Office, how: str
) -> None:
    await spoil(office, how)
    for _ in range(3):
        await office.service.clockwork.refresh()
    await office.settled()
    await office.morning("2023-03-07")

    [told] = await office.told_operator()
    assert told.startswith(REFUSED)
    assert "tasks.yaml" in told
    assert await office.entry("STP", "1.1") is not None
    assert await office.heard_of(STP, "1.1") == 1


async def test_the_operator_is_told_the_line_and_the_field(office: Office) -> None:
    await office.write(BROKEN)

    [told] = await office.told_operator()
    assert "tasks.yaml:20: tasks[0].lead" in told


async def test_another_mistake_is_told_again(office: Office) -> None:
    await office.write(BROKEN)
    await office.write(edited(BROKEN, "year: 2023", "year: hai"))

    assert len(await office.told_operator()) == 2


async def test_a_mended_file_is_taken_over_and_nothing_is_told_anew(office: Office) -> None:
    await office.morning("2023-03-07")
    heard = await office.town.texts(STP)
    await office.write(BROKEN)

    await office.write(edited(TASKS, "product: Kế hoạch của UBND tỉnh", "product: Kế hoạch liên ngành"))
    await office.service.clockwork.scan()
    await office.settled()

    entry = await office.entry("STP", "1.1")
    assert entry is not None
    assert entry.product == "Kế hoạch liên ngành"
    assert await office.town.texts(STP) == heard
    assert len(await office.told_operator()) == 1


async def test_a_moved_date_is_reminded_of_anew_at_its_own_milestones(office: Office) -> None:
    await office.morning("2023-03-07")
    before = await office.heard_of(STP, "1.1")

    await office.write(MOVED)
    for day in ("2023-03-17", "2023-03-31", "2023-04-03"):
        await office.morning(day)
    of_the_old_date = await office.heard_of(STP, "1.1") - before
    await office.morning("2023-05-31")

    entry = await office.entry("STP", "1.1")
    assert entry is not None
    assert entry.due == date(2023, 6, 30)
    assert (before, of_the_old_date) == (1, 0)
    assert await office.heard_of(STP, "1.1") == 2


async def test_a_date_that_moves_nearer_is_told_once_and_reminded_of_at_its_next_milestone(
    office: Office,
) -> None:
    await office.write(MOVED)
    await office.morning("2023-03-07")
    before = await office.town.texts(STP)

    await office.write(TASKS)
    await office.service.clockwork.scan()
    await office.settled()
    told = (await office.town.texts(STP))[len(before) :]
    await office.morning("2023-03-17")

    assert len(told) == 1
    assert "31/03" in told[0]
    assert not any("Nhắc muộn" in text for text in told)
    assert await office.heard_of(STP, "1.1") == 1


async def test_a_removed_row_is_heard_of_no_more_and_a_returned_one_is_again(office: Office) -> None:
    await office.morning("2023-03-07")
    before = await office.heard_of(HKS, "2.1a")

    await office.write(WITHOUT)
    await office.morning("2023-03-13")
    gone = await office.entry("HKS", "2.1a")
    while_gone = await office.heard_of(HKS, "2.1a")
    await office.write(TASKS)
    await office.morning("2023-03-20")

    assert gone is None
    assert (before, while_gone) == (1, 1)
    assert await office.heard_of(HKS, "2.1a") == 2


async def test_what_is_done_stays_done_when_the_file_changes(office: Office) -> None:
    await office.town.says(STP, "/done 1.1 5/KH-STP", who=OPERATOR)
    await office.settled()
    [*_, question] = await office.town.heard(STP)
    await office.town.taps(STP, question, "Xác nhận", who=OPERATOR)
    await office.settled()

    await office.write(edited(TASKS, "title: Xây dựng kế hoạch", "title: Xây dựng kế hoạch năm"))
    await office.morning("2023-03-31")

    entry = await office.entry("STP", "1.1")
    assert entry is not None
    assert (entry.is_open, entry.document) == (False, "5/KH-STP")
    assert await office.heard_of(STP, "1.1") == 0


async def test_the_clockwork_notices_a_saved_file_by_itself(tmp_path: Path) -> None:
    async with open_office(tmp_path, Rhythm(scan=3600, refresh=0.05, leases=3600)) as office:
        write_plan(office.folder, tasks=BROKEN)

        async def told() -> bool:
            return bool(await office.told_operator())

        await eventually(told)
        write_plan(office.folder, tasks=MOVED)

        async def moved() -> bool:
            entry = await office.entry("STP", "1.1")
            return entry is not None and entry.due == date(2023, 6, 30)

        await eventually(moved)
        assert len(await office.told_operator()) == 1


async def test_an_edit_waits_for_the_standing_office_and_is_told_after_its_yes(office: Office) -> None:
    await office.town.person(LAN, "Lan")
    await office.bind(LAN, "SNV", role=Role.STANDING_OFFICE)
    await office.write(MOVED)
    [*_, question] = await office.town.heard(LAN)
    waiting = await office.entry("STP", "1.1")

    await office.town.taps(LAN, question, "Áp dụng", who=LAN)
    await office.settled()
    for _ in range(2):
        await office.service.clockwork.refresh()
        await office.settled()

    after = await office.entry("STP", "1.1")
    assert waiting is not None
    assert after is not None
    assert (waiting.due, after.due) == (date(2023, 3, 31), date(2023, 6, 30))
    of_plan = [text for text in await office.town.texts(STP) if text.startswith("📝 Kế hoạch thay đổi")]
    assert len(of_plan) == 1
    assert "hạn 31/03 → 30/06" in of_plan[0]
    assert not [text for text in await office.town.texts(HKS) if text.startswith("📝")]
