"""The charts of the plans that a chat oversees, as files."""

import asyncio
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from bot.commands.asked import Asked, overseen
from bot.papers import charts
from bot.papers.charts import Bar
from store.agenda import Entry, entries
from store.burn_up import burn_up
from store.figures import figures, grouped
from store.lookup import plan_rows
from store.tables import PlanRow

_REPORTS = "Báo cáo định kỳ"


class Chart(StrEnum):
    """Which chart is asked for."""

    AREA = "area"
    AGENCY = "agency"
    BURN_UP = "burn-up"


async def chart_files(asked: Asked, which: Chart) -> list[tuple[str, bytes]]:
    """Name and content (PNG) of that chart of each plan that the chat oversees; empty when it oversees none. The figures are
    those of /status. It is drawn beside the event loop."""
    plans = await plan_rows(asked.session, await overseen(asked))
    found = grouped(await entries(asked.session), lambda entry: entry.plan_key)
    files = []
    for plan in plans:
        draw = await _drawing(asked, which, plan, found.get(plan.key, []))
        name = f"{plan.key}-{which.value}-{asked.today.isoformat()}.png"
        files.append((name, await asyncio.to_thread(draw)))
    return files


async def _drawing(asked: Asked, which: Chart, plan: PlanRow, of_plan: list[Entry]) -> Callable[[], bytes]:
    about = f"Kế hoạch {plan.document}"
    match which:
        case Chart.AREA:
            return lambda: charts.by_area(areas(of_plan, asked.today), about=about, today=asked.today)
        case Chart.AGENCY:
            return lambda: charts.by_agency(agencies(of_plan, asked.today), about=about, today=asked.today)
        case Chart.BURN_UP:
            curve = await burn_up(asked.session, [plan.key])
            return lambda: charts.burn_up(curve, year=plan.year, about=about, today=asked.today)


def areas(of_plan: list[Entry], today: date) -> list[Bar]:
    """A bar for each area, the reports last."""
    groups = grouped(of_plan, lambda entry: (entry.area is None, entry.area or 0))
    return [
        Bar(
            name=_REPORTS if own[0].area is None else f"{own[0].area}. {own[0].area_name}",
            figures=figures(own, today),
        )
        for _, own in sorted(groups.items())
    ]


def agencies(of_plan: list[Entry], today: date) -> list[Bar]:
    """A bar for each agency, by code."""
    groups = grouped(of_plan, lambda entry: (entry.agency, entry.agency_name))
    return [Bar(name=name, figures=figures(own, today)) for (_, name), own in sorted(groups.items())]
