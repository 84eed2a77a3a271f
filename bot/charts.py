"""The charts of the plans that a chat oversees, as files."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import File
from bot.overview import area_words
from bot.papers import charts
from bot.papers.charts import Bar
from plan.vietnam import day_of
from store.agenda import Entry, entries
from store.burn_up import burn_up
from store.chats import Bindings
from store.figures import figures, grouped
from store.lookup import plan_rows, plans_overseen
from store.tables import PlanRow


class Chart(StrEnum):
    """Which chart is asked for."""

    AREA = "area"
    AGENCY = "agency"
    BURN_UP = "burn-up"


async def chart_file(
    session: AsyncSession, bindings: Bindings, about: str, *, now: datetime
) -> Callable[[], File] | None:
    """What draws the chart that is meant ("area:cchc-2023") as a PNG; the figures are those of /status. None when the chat
    does not oversee that plan."""
    which, _, key = about.partition(":")
    if which not in {chart.value for chart in Chart}:
        return None
    found = [
        plan for plan in await plan_rows(session, await plans_overseen(session, bindings)) if plan.key == key
    ]
    if not found:
        return None
    today = day_of(now)
    draw = await _drawing(session, Chart(which), found[0], today)
    name = f"{key}-{which}-{today.isoformat()}.png"
    return lambda: File(name=name, media_type="image/png", content=draw())


async def _drawing(session: AsyncSession, which: Chart, plan: PlanRow, today: date) -> Callable[[], bytes]:
    about = f"Kế hoạch {plan.document}"
    if which is Chart.BURN_UP:
        curve = await burn_up(session, [plan.key])
        return lambda: charts.burn_up(curve, year=plan.year, about=about, today=today)
    of_plan = await entries(session, plans=[plan.key])
    if which is Chart.AREA:
        return lambda: charts.by_area(areas(of_plan, today), about=about, today=today)
    return lambda: charts.by_agency(agencies(of_plan, today), about=about, today=today)


def areas(of_plan: list[Entry], today: date) -> list[Bar]:
    """A bar for each area, the reports last."""
    groups = grouped(of_plan, lambda entry: (entry.area is None, entry.area or 0))
    return [
        Bar(name=area_words(own[0].area, own[0].area_name), figures=figures(own, today))
        for _, own in sorted(groups.items())
    ]


def agencies(of_plan: list[Entry], today: date) -> list[Bar]:
    """A bar for each agency, by code."""
    groups = grouped(of_plan, lambda entry: (entry.agency, entry.agency_name))
    return [Bar(name=name, figures=figures(own, today)) for (_, name), own in sorted(groups.items())]
