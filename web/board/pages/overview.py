"""The overview: the figures of /status, and the lights of agencies by areas."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.commands.menu import Command
from bot.overview import figure_lines, percent_words, reached_line, short_figures, worst_first
from store.figures import Figures, PlacedTally, figures_of_tallies, placed_tallies
from store.tables import PlanRow
from web.board.drawing import Page
from web.board.lights import NAMES, SIGNS, Lamp, lamp_of
from web.board.looking import REPORTS, Choosing, Look, choosing

RIGHT = Command.STATUS


@dataclass(frozen=True, kw_only=True)
class Row:
    """An agency: how far it is, and its lamp in each area (None where it owes nothing)."""

    code: str
    name: str
    figures: Figures
    percent: str
    short: str
    lamps: Sequence[Lamp | None]


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """An area (its key in addresses): how far it is, and its lamp."""

    key: str
    name: str
    figures: Figures
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
    tallies = await placed_tallies(look.session, look.plans)
    filters = await choosing(look, {tally.agency for tally in tallies})
    shown = [
        tally
        for tally in tallies
        if look.narrowed.takes(plan=tally.plan_key, area=tally.area, agency=tally.agency)
    ]
    area_names = dict(filters.areas)
    parts = [
        _part(look, plan, [tally for tally in shown if tally.plan_key == plan.key], filters, area_names)
        for plan in filters.plans
        if plan.key in look.plans
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
    look: Look,
    plan: PlanRow,
    tallies: Sequence[PlacedTally],
    filters: Choosing,
    area_names: Mapping[str, str],
) -> PlanPart:
    by_area: dict[str, list[PlacedTally]] = defaultdict(list)
    by_agency: dict[str, list[PlacedTally]] = defaultdict(list)
    by_cell: dict[tuple[str, str], list[PlacedTally]] = defaultdict(list)
    for tally in tallies:
        area = REPORTS if tally.area is None else str(tally.area)
        by_area[area].append(tally)
        by_agency[tally.agency].append(tally)
        by_cell[tally.agency, area].append(tally)
    areas = [key for key in area_names if key in by_area]
    counted = {code: figures_of_tallies(own, look.today) for code, own in by_agency.items()}
    return PlanPart(
        plan=plan,
        total=figures_of_tallies(tallies, look.today),
        areas=[_area(key, area_names[key], by_area[key], look) for key in areas],
        rows=[
            Row(
                code=code,
                name=filters.agencies.get(code, code),
                figures=counted[code],
                percent=percent_words(counted[code]),
                short=short_figures(counted[code]),
                lamps=[
                    lamp_of(by_cell[code, area], look.today) if (code, area) in by_cell else None
                    for area in areas
                ],
            )
            for code in worst_first(counted)
        ],
    )


def _area(key: str, name: str, tallies: Sequence[PlacedTally], look: Look) -> AreaRow:
    counted = figures_of_tallies(tallies, look.today)
    return AreaRow(
        key=key,
        name=name,
        figures=counted,
        percent=percent_words(counted),
        short=short_figures(counted),
        lamp=lamp_of(tallies, look.today),
    )
