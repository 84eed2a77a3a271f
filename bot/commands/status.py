"""/status: how far the plan is: as a whole, by area and by agency; or one area, or one agency."""

import re
from collections.abc import Callable, Sequence

from bot.commands.asked import Answer, Asked, overseen
from bot.commands.menu import Command
from bot.commands.one_agency import choose_agency
from bot.commands.whole_plan import entries_overseen
from bot.message import Block, Choice, block, bold, line, message
from bot.overview import area_words, figure_lines, percent_words, reached_line, short_figures, worst_first
from bot.wording import NO_PLAN, SEE_LATE, SEE_STATUS, SEE_WHOLE, named_day, runs
from plan.text import fold
from store.agenda import Entry
from store.figures import Figures, figures, grouped
from store.lookup import plan_rows
from store.tables import PlanRow

_AREA = re.compile(r"(?:(?:linh ?vuc|lv) ?)?(?P<number>[0-9]{1,3})|(?P<reports>bao ?cao(?: dinh ky)?|bc)")
_BY_AREA = "📂 Theo lĩnh vực"
_BY_AGENCY = "🏛 Theo cơ quan"

Part = Callable[[Asked, Sequence[Entry], tuple[str, ...]], list[Block]]


async def status(asked: Asked) -> Answer:
    """The overview that was asked for, of the plans that the chat may read as a whole; each plan has its own."""
    plans = await plan_rows(asked.session, await overseen(asked))
    if not plans:
        return Answer(message=NO_PLAN)
    found = await entries_overseen(asked)
    if not asked.args:
        return _overview(asked, plans, found)
    area = _AREA.fullmatch(fold(asked.args).replace("_", " "))
    if area is not None:
        return _area(asked, plans, found, int(area["number"]) if area["number"] else None)
    chosen = await choose_agency(asked, Command.STATUS)
    if chosen.agency is None:
        return chosen.instead or Answer(message=NO_PLAN)
    own = [entry for entry in found if entry.agency == chosen.agency.code]
    more = [
        runs("Việc quá hạn, nơi nhận", f"/agency {chosen.agency.code}"),
        runs("Việc đến hạn", f"/due {chosen.agency.code}"),
    ]
    return _answer(asked, chosen.agency.name, plans, own, parts=(_by_area,), choices=more)


def _overview(asked: Asked, plans: Sequence[PlanRow], found: Sequence[Entry]) -> Answer:
    return _answer(
        asked, "Tình hình chung", plans, found, parts=(_by_area, _by_agency), choices=[SEE_LATE, SEE_WHOLE]
    )


def _area(asked: Asked, plans: Sequence[PlanRow], found: Sequence[Entry], number: int | None) -> Answer:
    of_area = [entry for entry in found if entry.area == number]
    if not of_area:
        known = sorted({entry.area for entry in found if entry.area is not None})
        areas = ", ".join(str(one) for one in known)
        return Answer(
            message=message(
                f"Kế hoạch không có lĩnh vực {number}." if number else "Kế hoạch không có báo cáo định kỳ.",
                f"Các lĩnh vực: {areas}. Ví dụ: /status {known[0]}" if known else "Xem chung: /status",
                choices=[[SEE_STATUS]],
            )
        )
    back = [SEE_STATUS, SEE_LATE]
    return _answer(
        asked,
        area_words(of_area[0].area, of_area[0].area_name),
        plans,
        of_area,
        parts=(_by_agency,),
        choices=back,
    )


def _answer(
    asked: Asked,
    about: str,
    plans: Sequence[PlanRow],
    found: Sequence[Entry],
    *,
    parts: Sequence[Part],
    choices: Sequence[Choice],
) -> Answer:
    """What it is about, then for each plan its figures and the parts."""
    day = f"{named_day(asked.today)}/{asked.today.year}"
    head = [line(bold(f"📊 {about} · {day}"))]
    blocks: list[Block] = []
    of_plans = grouped(found, lambda entry: entry.plan_key)
    alone = len(plans) == 1
    for plan in plans:
        of_plan = of_plans.get(plan.key, [])
        if not of_plan and not alone:
            continue
        total = figures(of_plan, asked.today)
        if alone:
            head += [line(f"Kế hoạch {plan.document}"), reached_line(total)]
        title = f"📘 Kế hoạch {plan.document}"
        above = () if alone else (title,)
        own_head = [] if alone else [line(bold(title)), reached_line(total)]
        blocks.append(block(*own_head, *figure_lines(total), section=above))
        for part in parts:
            blocks += part(asked, of_plan, above)
    return Answer(message=message(block(*head), *blocks, choices=[choices]), paged=True)


def _by_area(asked: Asked, found: Sequence[Entry], above: tuple[str, ...]) -> list[Block]:
    groups = grouped(found, lambda entry: (entry.area is None, entry.area or 0))
    # Not "1. Cải cách thể chế": where choices are answered by number, that would look like one.
    named = {
        _area_name(groups[key][0].area, groups[key][0].area_name): figures(groups[key], asked.today)
        for key in sorted(groups)
    }
    return _part(_BY_AREA, above, named)


def _area_name(area: int | None, name: str | None) -> str:
    return area_words(area, name) if area is None else f"Lĩnh vực {area}: {name}"


def _by_agency(asked: Asked, found: Sequence[Entry], above: tuple[str, ...]) -> list[Block]:
    groups = grouped(found, lambda entry: entry.agency)
    counted = {code: figures(of_agency, asked.today) for code, of_agency in groups.items()}
    named = {f"{groups[code][0].agency_name} ({code})": counted[code] for code in worst_first(counted)}
    return _part(_BY_AGENCY, above, named)


def _part(heading: str, above: tuple[str, ...], named: dict[str, Figures]) -> list[Block]:
    section = (*above, heading)
    blocks: list[Block] = []
    for name, own in named.items():
        head = [] if blocks else [line(bold(heading))]
        lines = [line(bold(name), f" · {percent_words(own)}"), line(short_figures(own))]
        blocks.append(block(*head, *lines, section=section))
    return blocks
