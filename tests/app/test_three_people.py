"""A year of three people: every command is given and answered as they would expect, and in the end all of it adds up."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.commands.menu import Command
from store.agenda import entries
from store.figures import Figures as Counted
from store.figures import figures
from tests.app.province import open_province
from tests.app.three_people import Figures, live
from tests.app.town import TELEGRAM, ZALO


@dataclass(frozen=True, kw_only=True)
class Year:
    """What is left of it: the commands that were given, and the figures as they were read and as they are in the store."""

    used: set[Command]
    office: Figures
    leader: Figures
    stored: Counted


@pytest.fixture(scope="module", params=[TELEGRAM, ZALO])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Year:
    async def lived() -> Year:
        folder = tmp_path_factory.mktemp("three")
        async with open_province(folder, channel=request.param) as province:
            office, leader = await live(province)
            async with province.service.database.read() as session:
                stored = figures(await entries(session), province.today)
            return Year(used=province.used, office=office, leader=leader, stored=stored)

    return asyncio.run(lived())


def test_three_people_live_through_a_year_with_every_command(year: Year) -> None:
    assert year.used == set(Command)


def test_what_the_status_counts_adds_up(year: Year) -> None:
    read = year.office

    assert sum(read.columns.values()) == read.total == year.stored.total
    assert read.done == read.columns["✅ Hoàn thành đúng hạn"] + read.columns["☑️ Hoàn thành quá hạn"]
    assert (read.done, read.dated) == (year.stored.done, year.stored.dated)
    assert read.columns["⭕ Không phát sinh"] == 1


def test_the_leader_reads_the_same_figures_as_the_standing_office(year: Year) -> None:
    assert year.leader == year.office
