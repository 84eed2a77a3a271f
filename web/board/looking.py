"""What a page is asked for: who looks, when, and what they have narrowed it to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.overview import area_words
from store.agenda import Entry
from store.lookup import all_agencies, areas_of, plan_rows
from store.tables import PlanRow
from web.board.visitor import Visitor

REPORTS = "bc"
_MOST_DIGITS = 3


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What of it is to be seen; None does not narrow. `area` is its number, or REPORTS for the periodic reports."""

    plan: str | None = None
    area: str | None = None
    agency: str | None = None

    def takes(self, *, plan: str, area: int | None, agency: str) -> bool:
        return (
            self.plan in (None, plan)
            and self.area in (None, REPORTS if area is None else str(area))
            and self.agency in (None, agency)
        )

    def of(self, entries: Iterable[Entry]) -> list[Entry]:
        return [one for one in entries if self.takes(plan=one.plan_key, area=one.area, agency=one.agency)]


@dataclass(frozen=True, kw_only=True)
class Look:
    """A page is asked for. `now` is business time and `today` its day in Vietnam, `wall` the time of the network; `path` are
    the parts of the address that say about what."""

    session: AsyncSession
    visitor: Visitor
    narrowed: Narrowed
    path: Mapping[str, str]
    now: datetime
    today: date
    wall: datetime

    @property
    def plans(self) -> frozenset[str]:
        """Keys of the plans that are to be seen."""
        chosen = self.narrowed.plan
        return self.visitor.plans if chosen is None else self.visitor.plans & {chosen}


@dataclass(frozen=True, kw_only=True)
class Choosing:
    """The filters of a page: what can be chosen, and what is. `chosen` is how links keep it."""

    plans: Sequence[PlanRow]
    areas: Sequence[tuple[str, str]]
    agencies: Mapping[str, str]
    narrowed: Narrowed

    @property
    def chosen(self) -> Mapping[str, str | None]:
        return {"plan": self.narrowed.plan, "area": self.narrowed.area, "agency": self.narrowed.agency}

    @property
    def narrows(self) -> bool:
        return any(self.chosen.values())


async def choosing(look: Look, owing: Collection[str] | None = None) -> Choosing:
    """The filters, with the agencies (codes) that owe something; all of them without."""
    areas = await areas_of(look.session, look.plans)
    numbered = {number: name for of_plan in areas.values() for number, name in of_plan.items()}
    named = [(str(number), area_words(number, numbered[number])) for number in sorted(numbered)]
    agencies = await all_agencies(look.session)
    return Choosing(
        plans=await plan_rows(look.session, look.visitor.plans),
        areas=[*named, (REPORTS, area_words(None, None))],
        agencies={one.code: one.name for one in agencies if owing is None or one.code in owing},
        narrowed=look.narrowed,
    )


def narrowed_by(query: Mapping[str, Any], plans: Collection[str]) -> Narrowed:
    """What the query string narrows to. What makes no sense does not narrow."""
    plan, area = query.get("plan"), query.get("area")
    is_number = area is not None and area.isdecimal() and len(area) <= _MOST_DIGITS
    return Narrowed(
        plan=plan if plan in plans else None,
        area=area if is_number or area == REPORTS else None,
        agency=query.get("agency") or None,
    )
