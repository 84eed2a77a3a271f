"""The charts of a chat: their figures are those that /status tells."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.charts import Chart, agencies, areas, chart_file
from bot.papers.charts import summed
from store.agenda import Entry, entries
from store.burn_up import burn_up
from store.chats import bindings_of, find_chat
from store.figures import figures
from store.states import Role
from tests.bot.office import PLAN, Office, open_office, plain

TODAY = date(2023, 3, 13)


@pytest.fixture
async def steered(office: Office) -> Office:
    """Sở Tư pháp has done something; chat 200 is the standing office's."""
    await office.bind("STP")
    for done in ("/done 2.6a 15/KH-UBND", "/done BC quý I 3/BC"):
        await office.tap(await office.say(done), "Xác nhận")
    office.chat = "200"
    await office.bind("SNV", role=Role.STANDING_OFFICE)
    return office


async def all_entries(office: Office) -> list[Entry]:
    async with office.database.read() as session:
        return await entries(session)


async def files(office: Office, which: Chart, key: str = PLAN.key) -> list[tuple[str, bytes]]:
    async with office.database.read() as session:
        chat = await find_chat(session, channel="telegram", address=office.chat)
        assert chat is not None
        bindings = await bindings_of(session, chat.id)
        draw = await chart_file(session, bindings, f"{which.value}:{key}", now=office.now)
    file = draw() if draw is not None else None
    return [(file.name, file.content)] if file is not None else []


async def test_bars_have_the_figures_that_status_tells(steered: Office) -> None:
    found = await all_entries(steered)
    told = plain(await steered.say("/status"))

    by_area, by_agency = areas(found, TODAY), agencies(found, TODAY)

    assert [bar.name for bar in by_area] == [
        *(f"{area.number}. {area.name}" for area in PLAN.areas),
        "Báo cáo định kỳ",
    ]
    assert summed(by_area) == summed(by_agency) == figures(found, TODAY)
    done, dated = re.findall(r"đã xong (\d+)/(\d+) việc có thời hạn", told)[0]
    assert (summed(by_area).done, summed(by_area).dated) == (int(done), int(dated))
    assert int(done) == 2
    for bar in by_area:
        area, told_as = bar.name.partition(". ")[::2]
        name = f"Lĩnh vực {area}: {told_as}" if told_as else bar.name
        assert f"{name} · {bar.figures.percent}%" in told or bar.figures.percent is None


async def test_the_burn_up_ends_where_status_is(steered: Office) -> None:
    official = figures(await all_entries(steered), TODAY)

    async with steered.database.read() as session:
        curve = await burn_up(session, [PLAN.key])

    assert (curve.finished.by(TODAY), curve.planned.total) == (official.done, official.dated)


@pytest.mark.parametrize("which", Chart)
async def test_each_plan_that_the_chat_oversees_has_its_picture(which: Chart) -> None:
    other = replace(PLAN, key="dtc-2023", document="7/KH-UBND")
    async with open_office(PLAN, other) as office:
        await office.bind("", role=Role.LEADER)

        for key in ("cchc-2023", "dtc-2023"):
            [(name, content)] = await files(office, which, key)

            assert name == f"{key}-{which.value}-2023-03-13.png"
            assert content.startswith(b"\x89PNG")
            assert await files(office, which, key) == [(name, content)]


async def test_who_oversees_nothing_has_none(office: Office) -> None:
    await office.bind("STP")

    assert [await files(office, which) for which in Chart] == [[], [], []]
