"""/due STP: one agency's list, which only its own chats and the plan's standing office may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.codes import clean, shorten
from bot.commands.asked import Answer, Asked, overseen
from bot.commands.due_list import USUAL_DAYS, Span, due_list, read_span
from bot.commands.menu import Command
from bot.message import message
from bot.wording import SEE_DUE, joined, runs
from plan.directory import name_key
from store.agenda import entries
from store.lookup import all_agencies
from store.tables import AgencyRow

_LEAST_ALIKE = 75
_LEAST_PART = 4
_LABEL_LIMIT = 40


@dataclass(frozen=True, kw_only=True)
class Meant:
    """The agency that a person named, or those that they may have meant."""

    agency: AgencyRow | None = None
    perhaps: tuple[AgencyRow, ...] = ()


def find_agency(text: str, agencies: Sequence[AgencyRow]) -> Meant:
    """By code, name or alias; then by a part of the name that only one has; then by likeness."""
    key = name_key(text)
    names = {agency.code: [name_key(name) for name in _names(agency)] for agency in agencies}
    by_code = {agency.code: agency for agency in agencies}
    for code, keys in names.items():
        if key in keys:
            return Meant(agency=by_code[code])
    holding = [code for code, keys in names.items() if any(key in name for name in keys)]
    if len(key) >= _LEAST_PART and len(holding) == 1:
        return Meant(agency=by_code[holding[0]])
    likely = {(code, name): name for code, keys in names.items() for name in keys if len(name) >= _LEAST_PART}
    found = process.extract(key, likely, scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE, limit=6)
    codes = dict.fromkeys(code for _, _, (code, _) in found)
    return Meant(perhaps=tuple(by_code[code] for code in codes)[:3])


def _names(agency: AgencyRow) -> list[str]:
    return [agency.code, agency.name, *(str(alias) for alias in agency.aliases)]


async def list_of_agency(asked: Asked) -> Answer | None:
    """The answer when the words name an agency, with a span after it or not; None when they name none."""
    name, span = _split_span(asked.args)
    if not name_key(name):
        return None
    meant = find_agency(name, await all_agencies(asked.session))
    if meant.agency is not None:
        return await _list(asked, meant.agency, span)
    plans = await overseen(asked)
    perhaps = [agency for agency in meant.perhaps if plans or agency.code in asked.agency_codes]
    if not perhaps:
        return None
    rows = [[runs(shorten(agency.name, _LABEL_LIMIT), f"/due {agency.code}")] for agency in perhaps]
    return Answer(message=message("Anh/chị muốn xem việc của cơ quan nào?", choices=rows))


def _split_span(text: str) -> tuple[str, Span]:
    words = text.split()
    for count in (2, 1):
        span = read_span(" ".join(words[-count:])) if len(words) > count else None
        if span is not None:
            return " ".join(words[:-count]), span
    return text, Span(days=USUAL_DAYS)


async def _list(asked: Asked, agency: AgencyRow, span: Span) -> Answer:
    owed = await entries(asked.session, agencies=[agency.code], open_only=True)
    if agency.code in asked.agency_codes:
        return Answer(message=due_list(owed, [agency], asked.today, span), paged=True)
    plans = await overseen(asked)
    if not plans:
        return only_own(asked)
    visible = [entry for entry in owed if entry.plan_key in plans]
    listed = due_list(visible, [agency], asked.today, span, tappable=False)
    about = runs("Tình hình cơ quan", f"/agency {agency.code}")
    return Answer(message=replace(listed, choices=((about,),)), paged=True)


def only_own(asked: Asked) -> Answer:
    """For those who ask for other agencies' assignments and may not read them."""
    return Answer(
        message=message(
            f"Ở đây chỉ xem được việc của {joined(asked.agency_names)}. "
            "Việc của cơ quan khác do cơ quan thường trực theo dõi.",
            choices=[[SEE_DUE]],
        )
    )


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The agency that an overseer's words name, or the answer that asks which is meant."""

    agency: AgencyRow | None = None
    instead: Answer | None = None


async def choose_agency(asked: Asked, command: Command) -> Chosen:
    """For commands about one agency: what may have been meant is offered as choices of the same command."""
    name = clean(asked.args.replace("_", " "))
    agencies = await all_agencies(asked.session)
    meant = find_agency(name, agencies) if name_key(name) else Meant()
    if meant.agency is not None:
        return Chosen(agency=meant.agency)
    rows = [
        [runs(shorten(agency.name, _LABEL_LIMIT), f"/{command.value} {agency.code}")]
        for agency in meant.perhaps
    ]
    example = f"/{command.value} {agencies[0].code}" if agencies else f"/{command.value}"
    asks = (
        "Anh/chị muốn xem cơ quan nào?"
        if rows or not name
        else f"Không có cơ quan “{shorten(name, _LABEL_LIMIT)}” trong kế hoạch."
    )
    hint = [] if rows else [f"Gõ mã hoặc tên cơ quan, ví dụ: {example}"]
    return Chosen(instead=Answer(message=message(asks, *hint, choices=rows)))
