"""The overview: the figures of /status, and the lights of agencies by areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.commands.menu import Command
from bot.overview import figure_lines, percent_words, reached_line, short_figures, worst_first
from store.figures import Figures, Placed, placed_figures
from store.tables import PlanRow
from web.board.drawing import Page
from web.board.lights import NAMES, SIGNS, SOON, Lamp, lamp_of
from web.board.looking import REPORTS, Look, choosing

RIGHT = Command.STATUS


@dataclass(frozen=True, kw_only=True)
class Row:
    """An agency: how far it is, and its lamp in each area (None where it owes nothing)."""

    code: str
    name: str
    percent: str
    short: str
    lamps: Sequence[Lamp | None]


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """An area (its key in addresses): how far it is, and its lamp. A phone has room for its short name only."""

    key: str
    name: str
    short_name: str
    percent: str
    short: str
    lamp: Lamp


@dataclass(frozen=True, kw_only=True)
class PlanPart:
    """A plan on the overview."""

    plan: PlanRow
    total: Figures
    areas: Sequence[AreaRow]
    rows: Sequence[Row]


async def overview(look: Look) -> Page:
    """Each plan with its own figures, as /status has them."""
    everything = await placed_figures(
        look.session, look.plans, today=look.today, soon_until=look.today + SOON
    )
    filters = await choosing(look, {one.agency for one in everything})
    shown = [
        one for one in everything if look.narrowed.takes(plan=one.plan_key, area=one.area, agency=one.agency)
    ]
    plans = [plan for plan in filters.plans if plan.key in look.plans]
    parts = [
        _part(
            plan,
            [one for one in shown if one.plan_key == plan.key],
            areas=dict(filters.areas),
            agencies=filters.agencies,
        )
        for plan in plans
    ]
    return Page(
        template="overview.html",
        title="Tình hình chung",
        shows={
            "filters": filters,
            "parts": [part for part in parts if part.total.total or len(parts) == 1],
            "figure_lines": figure_lines,
            "reached_line": reached_line,
            "legend": [(light.value, SIGNS[light], NAMES[light]) for light in NAMES],
            "one_plan": len(filters.plans) < 2,
        },
    )


def _part(
    plan: PlanRow, places: Sequence[Placed], *, areas: Mapping[str, str], agencies: Mapping[str, str]
) -> PlanPart:
    by_area: dict[str, tuple[Figures, int]] = {}
    by_agency: dict[str, Figures] = {}
    cells: dict[tuple[str, str], Lamp] = {}
    total = Figures()
    for one in places:
        area = REPORTS if one.area is None else str(one.area)
        counted, soon = by_area.get(area, (Figures(), 0))
        by_area[area] = (counted + one.figures, soon + one.soon)
        by_agency[one.agency] = by_agency.get(one.agency, Figures()) + one.figures
        cells[one.agency, area] = lamp_of(one.figures, one.soon)
        total += one.figures
    shown = [key for key in areas if key in by_area]
    return PlanPart(
        plan=plan,
        total=total,
        areas=[
            AreaRow(
                key=key,
                name=areas[key],
                short_name="BC" if key == REPORTS else f"LV {key}",
                percent=percent_words(by_area[key][0]),
                short=short_figures(by_area[key][0]),
                lamp=lamp_of(*by_area[key]),
            )
            for key in shown
        ],
        rows=[
            Row(
                code=code,
                name=agencies.get(code, code),
                percent=percent_words(by_agency[code]),
                short=short_figures(by_agency[code]),
                lamps=[cells.get((code, key)) for key in shown],
            )
            for code in worst_first(by_agency)
        ],
    )
